// The page of explanations: the switch, the values of tokens, the strongest tokens, flows and matrices. All text goes
// through textContent; the page holds every value, and nothing is fetched.
(() => {
  const page = JSON.parse(document.getElementById("data").textContent);
  const SHADES = 8, RIBBONS = 12, BROADEST = 22, SVG = "http://www.w3.org/2000/svg";
  const rows = page.rows.map((data, i) => makeRow(data, document.getElementById("row-" + i)));
  let layer = 0;

  function make(name, attributes = {}, text) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text !== undefined) element.textContent = text;
    return element;
  }

  function makeSvg(name, attributes = {}, text) {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text !== undefined) element.textContent = text;
    return element;
  }

  // As the library writes numbers: three significant digits.
  function shown(value) {
    if (value === null || value === undefined) return "not known";
    if (value === 0) return "0";
    const size = Math.abs(value);
    if (size >= 1e6 || size < 1e-4) return value.toExponential(2).replace(/\.?0+e/, "e");
    return String(Number(value.toPrecision(3)));
  }

  const signed = (value) => (page.layers[layer].sign && value > 0 ? "+" : "") + shown(value);

  function makeRow(data, element) {
    return { data, element, marks: marksOf(element), here: -1 };
  }

  // By their numbers: those of a rest that is still folded are missing.
  function marksOf(element) {
    const marks = [];
    for (const part of element.querySelectorAll("[data-first]")) {
      let number = Number(part.dataset.first);
      for (const mark of part.querySelectorAll("i")) marks[number++] = mark;
    }
    return marks;
  }

  const valuesOf = (row) => row.data.values[layer];
  const textOf = (mark) => mark.textContent.trim() || "(blank)";
  // In a sentence, whichever way the script of the text runs.
  const quoted = (text) => "“\u2068" + text + "\u2069”";

  // The highlights

  function shade(row) {
    const values = valuesOf(row) || [];
    const most = values.reduce((largest, value) => Math.max(largest, Math.abs(value || 0)), 0);
    row.marks.forEach((mark, i) => {
      const level = most > 0 && values[i] ? Math.round(SHADES * (values[i] / most)) : 0;
      const name = level > 0 ? "p" + level : level < 0 ? "n" + -level : "";
      if (mark.dataset.shade === name) return;
      mark.classList.remove(mark.dataset.shade || mark.className.match(/\b[pn][1-8]\b/)?.[0] || "none");
      if (name) mark.classList.add(name);
      mark.dataset.shade = name;
    });
  }

  function order(row) {
    const values = valuesOf(row) || [];
    const known = values.map((value, i) => [Math.abs(value || 0), i]).filter(([size]) => size > 0);
    return known.sort((a, b) => b[0] - a[0] || a[1] - b[1]).map(([, i]) => i);
  }

  function bar(value, most) {
    const drawing = makeSvg("svg", { class: "chart track", viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" });
    drawing.append(makeSvg("rect", { class: value < 0 ? "bar against" : "bar for", height: 10,
                                     width: Math.max(1, 100 * Math.abs(value) / most) }));
    return drawing;
  }

  function strongest(row) {
    const body = row.element.querySelector(".strongest tbody");
    const values = valuesOf(row) || [];
    const ranked = order(row);
    row.rank = new Map(ranked.map((mark, rank) => [mark, rank + 1]));
    body.replaceChildren(...ranked.filter((i) => row.marks[i]).slice(0, page.strongest).map((i) => {
      const line = make("tr");
      const drawn = make("td");
      drawn.append(bar(values[i], Math.abs(values[ranked[0]])));
      const token = make("td");
      token.append(make("bdi", {}, clipped(textOf(row.marks[i]), 60)));
      line.append(token, make("td", { class: "number" }, signed(values[i])), drawn);
      return line;
    }));
    const hidden = !valuesOf(row);
    row.element.querySelector(".strongest").hidden = hidden || page.strongest === 0;
    row.element.querySelector(".absent").hidden = !hidden;
    row.element.querySelector(".cost").textContent = row.data.info[layer] || "";
  }

  function show(row) {
    shade(row);
    strongest(row);
    point(row, row.here, false);
    for (const drawing of row.element.querySelectorAll("details.flow[open]")) drawFlow(row, drawing);
  }

  function choose(number) {
    layer = number;
    const chosen = page.layers[layer];
    document.getElementById("meaning").textContent = chosen.meaning;
    document.getElementById("chosen").textContent = chosen.group + ", " + chosen.name + ".";
    for (const part of document.querySelectorAll(".scale .signed")) part.hidden = !chosen.sign;
    for (const part of document.querySelectorAll(".scale .unsigned")) part.hidden = chosen.sign;
    rows.forEach(show);
  }

  // One token's value, by mouse or arrow keys

  function point(row, number, follow) {
    row.marks[row.here]?.classList.remove("here");
    row.here = number;
    const walk = row.element.querySelector(".walk");
    const mark = row.marks[number];
    if (!mark) return;
    mark.classList.add("here");
    if (follow) reveal(mark);
    const values = valuesOf(row);
    const rank = row.rank?.get(number);
    walk.textContent = quoted(textOf(mark)) + ": " +
        (values ? signed(values[number]) + (rank ? ", number " + rank + " of " + values.length : "") : "not computed");
    walk.setAttribute("aria-valuenow", number + 1);
    walk.setAttribute("aria-valuetext", walk.textContent);
  }

  function reveal(mark) {
    const folded = mark.closest(".fold");
    if (folded && mark.getBoundingClientRect().bottom > folded.getBoundingClientRect().bottom)
      document.querySelector("button[aria-controls=" + folded.id + "]").click();
    mark.scrollIntoView({ block: "nearest" });
  }

  function listen(row) {
    const cells = row.element.querySelector(".cells");
    cells.addEventListener("pointerover", (event) => {
      const mark = event.target.closest("i");
      if (mark) point(row, row.marks.indexOf(mark), false);
    });
    cells.addEventListener("click", (event) => {
      const mark = event.target.closest("i");
      if (mark) point(row, row.marks.indexOf(mark), false);
    });
    row.element.querySelector(".walk")?.addEventListener("keydown", (event) => {
      const now = row.here, step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
      const next = { Home: 0, End: Infinity }[event.key] ?? now + step;
      if (Number.isNaN(next)) return;
      event.preventDefault();
      unfoldAll(row);
      point(row, Math.min(Math.max(next, 0), row.marks.length - 1), true);
    });
    cells.addEventListener("unfold", (event) => unfold(row, event.target));
    row.element.querySelector("details.flow")?.addEventListener("toggle", (event) => drawFlow(row, event.target));
    row.element.querySelector("details.matrix")?.addEventListener("toggle", (event) => openMatrix(row, event.target));
  }

  // What a folded text holds beyond its beginning: a string is a token, a string in a list lies between tokens, or,
  // with a word behind it, where nothing was read.
  function unfold(row, text) {
    const cell = text.dataset.cell;
    const rest = row.data.rest[cell];
    if (!rest) return;
    delete row.data.rest[cell];
    const bdi = text.querySelector("bdi");
    for (const piece of rest) bdi.append(pieceOf(piece));
    row.marks = marksOf(row.element);
    show(row);
  }

  function pieceOf(piece) {
    if (!Array.isArray(piece)) return make("i", {}, piece);
    return piece.length > 1 ? make("span", { class: piece[1] }, piece[0]) : piece[0];
  }

  function unfoldAll(row) {
    for (const text of row.element.querySelectorAll(".text")) unfold(row, text);
  }

  // From the strongest tokens to what is explained, as broad as their values: the strongest as broad as fits between
  // two lines.

  function drawFlow(row, details) {
    const place = details.querySelector(".drawing");
    if (!details.open) return;
    const values = valuesOf(row) || [];
    const drawn = order(row).filter((i) => row.marks[i]).slice(0, RIBBONS).sort((a, b) => a - b);
    const most = drawn.reduce((largest, i) => Math.max(largest, Math.abs(values[i])), 0);
    const broad = new Map(drawn.map((i) => [i, BROADEST * Math.abs(values[i]) / most]));
    const height = Math.max(60, 26 * drawn.length + 10), middle = height / 2;
    const drawing = makeSvg("svg", { class: "chart", viewBox: "0 0 480 " + height, width: 480, height, role: "img",
      "aria-label": drawn.length ? "From tokens to " + quoted(row.data.explained) + ": " + drawn.map((i) => textOf(row.marks[i]) + " " + signed(values[i])).join(", ")
                                 : "No token has a value" });
    let at = middle - drawn.reduce((total, i) => total + broad.get(i), 0) / 2;
    drawn.forEach((i, place) => {
      const y = 18 + 26 * place;
      const end = at + broad.get(i) / 2;
      at += broad.get(i);
      drawing.append(makeSvg("path", { class: values[i] < 0 ? "ribbon against" : "ribbon", "stroke-width": broad.get(i).toFixed(2),
        d: "M214 " + (y - 4) + "C277 " + (y - 4) + " 277 " + end + " 340 " + end }));
      drawing.append(makeSvg("text", { class: "label", x: 138, y, "text-anchor": "end" }, clipped(textOf(row.marks[i]), 16)));
      drawing.append(makeSvg("text", { class: "label faint figure", x: 144, y }, signed(values[i])));
    });
    drawing.append(makeSvg("text", { class: "label strong", x: 350, y: middle + 5 }, clipped(row.data.explained, 14)));
    place.replaceChildren(drawing);
  }

  const graphemes = typeof Intl.Segmenter === "function" ? new Intl.Segmenter(undefined, { granularity: "grapheme" }) : null;
  function clipped(text, most) {
    const parts = graphemes ? [...graphemes.segment(text)].map((part) => part.segment) : [...text];
    const width = (part) => (part.codePointAt(0) >= 0x1100 ? 2 : 1);
    let taken = 0;
    const kept = parts.filter((part) => (taken += width(part)) <= most);
    return kept.length === parts.length ? text : kept.join("") + "…";
  }

  // Attention matrices

  function openMatrix(row, details) {
    if (!details.open || details.dataset.drawn) return;
    details.dataset.drawn = "yes";
    const select = details.querySelector("select");
    row.data.matrices.forEach((matrix, i) => select.append(make("option", { value: i }, matrix.name)));
    select.addEventListener("change", () => drawMatrix(row, details, row.data.matrices[select.value]));
    drawMatrix(row, details, row.data.matrices[0]);
  }

  function drawMatrix(row, details, matrix) {
    const keys = row.data.tokens, queries = matrix.queries || keys;
    const most = matrix.weights.reduce((largest, value) => Math.max(largest, value || 0), 0);
    const cell = Math.min(26, Math.max(14, 560 / keys.length)), left = 130, top = 120;
    const width = left + cell * keys.length + 4, height = top + cell * queries.length + 4;
    const drawing = makeSvg("svg", { class: "chart", viewBox: [0, 0, width, height].join(" "), width, height, tabindex: 0,
      role: "application", "aria-label": matrix.name + ": " + queries.length + " lines of queries, " + keys.length +
      " columns of tokens. Arrow keys walk, the weight is read below." });
    keys.forEach((key, k) => {
      const turned = makeSvg("g", { transform: "translate(" + (left + (k + 0.5) * cell + 4.5) + " " + (top - 7) + ") rotate(-90)" });
      turned.append(makeSvg("text", { class: "label" }, clipped(key, 14)));
      drawing.append(turned);
    });
    queries.forEach((query, q) => {
      drawing.append(makeSvg("text", { class: "label", x: left - 7, y: top + (q + 0.5) * cell + 4.5, "text-anchor": "end" }, clipped(query, 14)));
      keys.forEach((key, k) => {
        const weight = matrix.weights[q * keys.length + k];
        drawing.append(makeSvg("rect", { class: "square right", x: left + k * cell, y: top + q * cell, width: cell - 1, height: cell - 1,
          "fill-opacity": (0.04 + 0.9 * (most > 0 ? (weight || 0) / most : 0)).toFixed(3), "data-q": q, "data-k": k }));
      });
    });
    const frame = makeSvg("rect", { class: "here", width: cell, height: cell, visibility: "hidden" });
    drawing.append(frame);
    const readout = details.querySelector(".weight");
    let q = -1, k = -1;
    const walk = (toQ, toK) => {
      q = Math.min(Math.max(toQ, 0), queries.length - 1);
      k = Math.min(Math.max(toK, 0), keys.length - 1);
      frame.setAttribute("x", left + k * cell - 0.5);
      frame.setAttribute("y", top + q * cell - 0.5);
      frame.setAttribute("visibility", "visible");
      readout.textContent = quoted(queries[q]) + " to " + quoted(keys[k]) + ": " + shown(matrix.weights[q * keys.length + k]);
    };
    drawing.addEventListener("pointerover", (event) => {
      if (event.target.dataset.q !== undefined) walk(Number(event.target.dataset.q), Number(event.target.dataset.k));
    });
    drawing.addEventListener("keydown", (event) => {
      const step = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key];
      if (!step) return;
      event.preventDefault();
      walk(q + step[0], k + step[1]);
    });
    readout.textContent = "";
    details.querySelector(".drawing").replaceChildren(drawing);
  }

  // From row to row with j and k, wherever the page does not use the keys itself
  document.addEventListener("keydown", (event) => {
    const step = { j: 1, k: -1 }[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("select, input[type=text]")) return;
    const now = rows.findIndex((row) => row.element.contains(document.activeElement));
    const next = rows[now < 0 ? (step > 0 ? 0 : rows.length - 1) : now + step];
    (next?.element.querySelector(".walk") || next?.element)?.focus();
    next?.element.scrollIntoView({ block: "start" });
  });

  for (const input of document.querySelectorAll(".switch input")) {
    input.addEventListener("change", () => choose(Number(input.value)));
  }
  rows.forEach(listen);
  // On paper nothing can be unfolded.
  addEventListener("beforeprint", () => rows.forEach(unfoldAll));
  if (page.layers.length) {
    // A page that is loaded again keeps what was chosen.
    choose(Number(document.querySelector(".switch input:checked")?.value || 0));
  }
  document.documentElement.dataset.ready = "yes";
})();
