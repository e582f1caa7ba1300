// A matrix product: the chosen number of the result lights up its row, its column and its terms.
define("product", (host) => {
  const cells = (kind) => [...host.querySelectorAll(`.${kind} tbody tr`)]
    .map((row) => [...row.querySelectorAll("td")]);
  const [a, b, c] = ["left", "right", "result"].map(cells);
  const line = host.querySelector(".sum");
  const say = speaker(host);
  const light = (i, j) => {
    each(a, (cell, row) => cell.classList.toggle("on", row === i));
    each(b, (cell, _, column) => cell.classList.toggle("on", column === j));
    each(c, (cell, row, column) => {
      cell.classList.toggle("on", row === i && column === j);
      cell.ariaSelected = row === i && column === j;
    });
    const terms = b.map((row, k) => `${signed(a[i][k].textContent)} × ${signed(row[j].textContent)}`);
    line.textContent = `${few(terms)} = ${c[i][j].textContent}`;
  };
  let chosen = [0, 0];
  const table = host.querySelector(".result table");
  table.role = "grid";
  each(c, (cell) => (cell.role = "gridcell"));
  grid(c, {
    choose: (i, j) => {
      light(...(chosen = [i, j]));
      say(line.textContent);
    },
    look: (i, j) => (i === undefined ? light(...chosen) : light(i, j)),
    leave: () => light(...(chosen = [0, 0])),
  })(0, 0);
  light(0, 0);
});
