// Heads by shape: one stage at a time, and the same number lit in every stage.
define("heads", (host, given, words) => {
  const stages = [...host.querySelectorAll(".stage")];
  const line = make("p", { className: "now", ariaLive: "polite" });
  const show = (n) => stages.forEach((stage, i) => (stage.hidden = n < stages.length && i !== n));
  const light = (label) => {
    for (const cell of host.querySelectorAll("td")) cell.classList.toggle("on", cell.textContent === label);
    line.textContent = fill(words.now, { label, component: label[1], token: given.tokens[label[0] - 1] });
  };
  for (const stage of stages) {
    const tables = [...stage.querySelectorAll("table")];
    const rows = tables.flatMap((table) => [...table.rows]).map((row) => [...row.cells]);
    tables.forEach((table) => (table.role = "grid"));
    rows.flat().forEach((cell) => (cell.role = "gridcell"));
    const pick = (i, j) => light(rows[i][j].textContent);
    grid(rows, { choose: pick, look: (i, j) => i !== undefined && pick(i, j), leave: () => {} })(0, 0);
  }
  host.append(line);
  light("11");
  controls(host, choice(words.stage, [words.all, ...given.names], (n) => show(n ? n - 1 : stages.length)));
});
