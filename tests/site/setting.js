// Where the open page divides what belongs together, one line each.
() => {
  const found = [];
  document.querySelectorAll("article details").forEach((details) => { details.open = true; });
  const box = (node, from) => {
    const range = document.createRange();
    range.setStart(node, from);
    range.setEnd(node, from + 1);
    return range.getBoundingClientRect();
  };
  const apart = (a, b) => b.top > a.bottom - 4 && b.left < a.right - 2;

  // A short formula and the mark after it.
  for (const formula of document.querySelectorAll("article p span.math")) {
    const next = formula.nextSibling;
    const tex = formula.querySelector("annotation")?.textContent ?? "";
    if (next?.nodeType !== Node.TEXT_NODE || !/^[,.;:)、。，；：）」]/.test(next.data) || tex.length > 30) continue;
    const last = [...formula.querySelectorAll(".base")].at(-1).getBoundingClientRect();
    if (apart(last, box(next, 0))) found.push(`${tex} and ${next.data.slice(0, 5)}`);
  }

  // The last character of a paragraph, alone on a line.
  for (const block of document.querySelectorAll("article p:not(.used, .attention-widget *)")) {
    const text = block.lastChild?.lastChild ?? block.lastChild;
    if (text?.nodeType !== Node.TEXT_NODE || text.length < 3) continue;
    if (!/^.{9,}[。！]$/s.test(block.textContent)) continue;
    const end = text.length - 1;
    if (apart(box(text, end - 2), box(text, end - 1))) found.push(`…${text.data.slice(-4)}`);
  }

  // A name in a table.
  for (const name of document.querySelectorAll("article td code")) {
    if (!/\s/.test(name.textContent) && name.getClientRects().length > 1) found.push(name.textContent);
  }
  return found;
}
