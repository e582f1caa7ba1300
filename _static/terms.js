// A term shows what it means where it stands: under the pointer, in focus, at a tap. Escape closes.
// It stays a link to the glossary: a click or Enter follows it, and so does a second tap.
"use strict";
{
  const box = document.createElement("div");
  box.className = "definition";
  box.id = "definition";
  box.role = "tooltip";
  box.popover = "manual";
  document.querySelector("main").append(box);
  let shown = null;
  let timer;

  function show(term) {
    hide();
    const name = document.createElement("strong");
    name.textContent = term.dataset.term;
    box.replaceChildren(name, term.dataset.definition);
    term.setAttribute("aria-describedby", box.id);
    box.showPopover();
    place(term);
    shown = term;
  }
  // Below the term, or above it where there is no room; never over the edge. No page moves sideways.
  function place(term) {
    const line = term.getClientRects()[0];
    const { width, height } = box.getBoundingClientRect();
    const below = line.bottom + 6 + height < innerHeight;
    const left = Math.max(8, Math.min(line.left, document.documentElement.clientWidth - width - 8));
    box.style.left = `${left}px`;
    box.style.top = `${(below ? line.bottom + 4 : line.top - height - 4) + scrollY}px`;
  }
  function hide() {
    clearTimeout(timer);
    shown?.removeAttribute("aria-describedby");
    shown = null;
    if (box.matches(":popover-open")) box.hidePopover();
  }
  const later = (action, wait) => {
    clearTimeout(timer);
    timer = setTimeout(action, wait);
  };

  for (const term of document.querySelectorAll("a.term[data-definition]")) {
    let touched = false;
    term.addEventListener("pointerdown", (event) => {
      touched = event.pointerType !== "mouse" && shown !== term; // before the focus shows it
    });
    term.addEventListener("click", (event) => {
      if (!touched) return;
      touched = false;
      event.preventDefault();
      show(term);
    });
    term.addEventListener("pointerenter", (event) => {
      if (event.pointerType === "mouse") later(() => show(term), 150);
    });
    term.addEventListener("pointerleave", (event) => {
      if (event.pointerType === "mouse" && document.activeElement !== term) later(hide, 250);
    });
    term.addEventListener("focus", () => {
      if (term.matches(":focus-visible")) show(term);
    });
    term.addEventListener("blur", hide);
  }
  box.addEventListener("pointerenter", () => clearTimeout(timer)); // the pointer may rest on it
  box.addEventListener("pointerleave", () => later(hide, 250));
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && shown) hide();
  });
  addEventListener("pointerdown", (event) => {
    if (shown && !box.contains(event.target) && !shown.contains(event.target)) hide();
  });
  addEventListener("resize", hide);
}
