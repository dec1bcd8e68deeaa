"use strict";
// Put by test_pages.py into a page that stands in a frame, whose parent is told what was found.
(async () => {
  const findings = { width: innerWidth, title: document.title };
  const pause = () => new Promise((resume) => setTimeout(resume, 50));
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  const texts = () => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement;
      if (!node.data.trim() || element.closest("script, style, title, desc, noscript, .fold, legend, select")) continue;
      if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const scrolled = element.closest(".wide");
      for (const box of range.getClientRects()) {
        // What is scrolled out of sight covers nothing.
        const frame = scrolled?.getBoundingClientRect();
        if (frame && (box.right > frame.right || box.left < frame.left)) continue;
        if (box.width > 1) found.push({ box, text: node.data.trim().slice(0, 30), element });
      }
    }
    return found;
  };

  const overlaps = (found) => {
    const sticky = document.querySelector(".switch");
    const pairs = [];
    found.sort((a, b) => a.box.top - b.box.top);
    found.forEach((one, i) => {
      for (let j = i + 1; j < found.length && found[j].box.top < one.box.bottom; ++j) {
        const other = found[j];
        const across = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
        const down = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
        if (one.element === other.element || sticky?.contains(one.element) !== sticky?.contains(other.element)) continue;
        // Boxes of letters reach over the line above and below without touching it.
        if (across > 2 && down > 0.4 * Math.min(one.box.height, other.box.height)) pairs.push([one.text, other.text, across, down]);
      }
    });
    return pairs;
  };

  const measure = () => {
    const found = texts();
    findings.texts = found.length;
    findings.overlaps = overlaps(found).slice(0, 10);
    findings.scroll_width = document.documentElement.scrollWidth;
    findings.too_wide = all("body *").filter((e) => !e.closest(".wide, svg") && e.getBoundingClientRect().right > innerWidth + 1)
                            .slice(0, 5).map((e) => e.outerHTML.slice(0, 120));
  };

  const key = (element, name) => element.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true }));

  async function useExplanations() {
    const seen = { choices: [], signs: [] };
    for (const input of all(".switch input")) {
      input.click();
      await pause();
      seen.choices.push({ shades: all("#row-0 .cells i").map((i) => i.className).join(), meaning: document.getElementById("meaning").textContent,
                          strongest: document.querySelector("#row-0 .strongest tbody").textContent });
      seen.signs.push(!document.querySelector(".scale .signed").hidden);
    }
    const walk = document.querySelector("#row-0 .walk");
    const said = (name) => {
      key(walk, name);
      return { text: walk.getAttribute("aria-valuetext"), number: Number(walk.getAttribute("aria-valuenow")),
               most: Number(walk.getAttribute("aria-valuemax")), seen: walk.textContent };
    };
    seen.by_key = ["ArrowRight", "ArrowRight", "ArrowLeft", "ArrowLeft", "ArrowUp", "ArrowDown", "End", "ArrowRight", "Home"].map(said);
    all("#row-1 .cells i")[1].dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
    seen.by_mouse = document.querySelector("#row-1 .walk").textContent;
    walk.focus();
    key(walk, "j");
    seen.row_by_key = document.activeElement.closest(".row").id;

    const flow = document.querySelector("#row-3 details.flow");
    flow.open = true;
    await pause();
    // Each as broad on the screen as its stroke says, beside the value that is written on it.
    seen.ribbons = all(".ribbon", flow).map((ribbon, i) => [Number(ribbon.getAttribute("stroke-width")), all(".figure", flow)[i].textContent]);
    seen.flow_label = flow.querySelector("svg").getAttribute("aria-label");
    const matrix = document.querySelector("#row-1 details.matrix");
    matrix.open = true;
    await pause();
    seen.matrix_tokens = all("#row-1 .cells i").length;
    seen.squares = all(".square", matrix).length;
    key(matrix.querySelector("svg"), "ArrowRight");
    seen.weight = matrix.querySelector(".weight").textContent;
    matrix.querySelector("select").value = 1;
    matrix.querySelector("select").dispatchEvent(new Event("change"));
    seen.pool_squares = all(".square", matrix).length;
    measure();

    const long = all(".row").pop();
    const text = long.querySelector(".text");
    seen.tokens_folded = all(".cells i", long).length;
    long.querySelector("button.unfold").click();
    await pause();
    seen.tokens_unfolded = all(".cells i", long).length;
    seen.characters_unfolded = [...long.querySelector(".text").textContent].length;
    long.querySelector("button.unfold").click();
    key(long.querySelector(".walk"), "End");
    const last = long.querySelector("i.here").getBoundingClientRect();
    seen.last_is_seen = !text.classList.contains("fold") && last.bottom <= innerHeight + 1 && last.top >= 0;
    const data = JSON.parse(document.getElementById("data").textContent);
    seen.values_of_long = data.rows[data.rows.length - 1].values[0].length;
    findings.explain = seen;
  }

  await pause();
  findings.foreign = all("img, iframe, object, link, base, [onload], [onerror], [onclick], style ~ style, script[src]").map((e) => e.outerHTML.slice(0, 100));
  measure();
  const early = findings.overlaps;
  if (document.getElementById("data")) {
    await useExplanations();
    findings.overlaps = [...early, ...findings.overlaps];
  }
  findings.colours = [0, 1, 2].map((turn) => {
    if (turn > 0) document.querySelector("button.theme").click();
    return getComputedStyle(document.documentElement).backgroundColor;
  });
  findings.title = document.title;
  parent.postMessage(JSON.stringify(findings), "*");
})();
