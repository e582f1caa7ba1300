// Everything on the open page that a reader would lose at this width, one line each.
() => {
  const found = [];
  const shown = (node) => {
    const range = document.createRange();
    range.selectNodeContents(node);
    return range.getBoundingClientRect();
  };
  document.querySelectorAll("article details").forEach((details) => { details.open = true; });

  // Printed prose: a line of several words, or of East Asian text, that is no row of a table.
  const words = /(\p{L}{2,}[ ,.:;]+){4}|[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}]{5}|[✓✗…]/u;
  for (const output of document.querySelectorAll(".cell_output .output")) {
    const frame = output.getBoundingClientRect();
    const walker = document.createTreeWalker(output, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      if (node.parentElement.closest("svg, style, script, td, th")) continue;
      for (const line of node.data.matchAll(/[^\n]+/g)) {
        const numbers = line[0].match(/\d+\.?\d*/g) ?? [];
        if (!words.test(line[0]) || numbers.length > 3 || /^ *(tensor)?[([]| {3}\S/.test(line[0])) continue;
        const range = document.createRange();
        range.setStart(node, line.index);
        range.setEnd(node, line.index + line[0].length);
        const over = range.getBoundingClientRect().right - frame.right;
        if (over > 0.5) found.push(`${line[0]}: ${over.toFixed()} px beyond its frame`);
      }
    }
  }

  // What is too wide otherwise scrolls in its own frame, and its frame does not reach out.
  for (const frame of document.querySelectorAll("pre, .wide, .drawing, .katex-display")) {
    const over = frame.getBoundingClientRect().right - innerWidth;
    if (over > 0.5) found.push(`${frame.textContent.slice(0, 40)}: ${over.toFixed()} px off the page`);
    if (frame.scrollWidth > frame.clientWidth + 1 && getComputedStyle(frame).overflowX !== "auto") {
      found.push(`${frame.textContent.slice(0, 40)}: cut`);
    }
  }

  // Code has its cell to itself.
  for (const code of document.querySelectorAll(".cell_input pre")) {
    const cell = code.closest(".cell_input");
    if (code.getBoundingClientRect().width < cell.clientWidth - 1) found.push("code is narrower than its cell");
    const button = cell.querySelector(".copy").getBoundingClientRect();
    const first = shown(code);
    if (button.bottom > first.top + 2 && button.left < first.right) found.push("a button lies on the code");
  }

  // Titles are whole, letters in figures can be read.
  for (const title of document.querySelectorAll("h1, h2, .brand span")) {
    if (title.scrollWidth > title.clientWidth + 1 && getComputedStyle(title).display !== "inline") {
      found.push(`${title.textContent}: cut`);
    }
    if (shown(title).right > innerWidth) found.push(`${title.textContent}: off the page`);
  }
  const bar = document.querySelector(".bar");
  const brand = document.querySelector(".brand");
  const buttons = [...(bar?.querySelectorAll("button") ?? [])].map((b) => b.getBoundingClientRect());
  const rest = buttons.filter((box) => box.width && box.left > brand.getBoundingClientRect().left);
  if (rest.some((box) => shown(brand).right > box.left + 1)) {
    found.push("the title lies under the buttons");
  }
  if (brand && shown(brand).height > bar.clientHeight) found.push("the title is higher than the bar");
  for (const drawing of document.querySelectorAll(".drawing svg")) {
    for (const letters of drawing.querySelectorAll("text")) {
      const scale = letters.getScreenCTM();
      const size = parseFloat(getComputedStyle(letters).fontSize) * Math.hypot(scale.a, scale.b);
      if (size < 8.95) found.push(`${letters.textContent}: ${size.toFixed(1)} px high in a figure`);
    }
  }
  return found;
}
