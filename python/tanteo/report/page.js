// Draws a page from its data. Text of the search reaches the document through textContent and attributes only.
"use strict";
(() => {
  const page = JSON.parse(document.getElementById("data").textContent);
  const root = document.getElementById("page");
  const SVG = "http://www.w3.org/2000/svg";
  const ROWS = 50;

  // --- elements ------------------------------------------------------------------------------------------------

  function fill(node, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value === true ? "" : value);
    }
    node.append(...children.filter((child) => child !== null && child !== undefined));
    return node;
  }
  const el = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);
  const svg = (tag, attributes = {}, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);
  const isNumber = (value) => typeof value === "number" && Number.isFinite(value);

  // As the texts of the page show numbers: with six digits, and large ones with at least three decimals.
  function shown(value, decimals = 3, digits = 6) {
    if (value === null || value === undefined) return "";
    if (typeof value !== "number") return String(value);
    if (Number.isSafeInteger(value)) return String(value);
    const size = Math.abs(value);
    if (size >= 1e3 && size < 1e12) return String(Number(value.toFixed(decimals)));
    const text = Number(value.toPrecision(digits));
    return size >= 1e12 || size < 1e-4 ? text.toExponential().replace(/(e[+-])(\d)$/, "$10$2") : String(text);
  }

  // Returns the texts of a column of a table, with more digits where different numbers would look alike.
  function apart(column) {
    const texts = new Map();
    let left = [...new Set(column)];
    for (let more = 0; more <= 11 && left.length; more++) {
      const seen = new Map();
      for (const value of left) {
        texts.set(value, shown(value, 3 + more, 6 + more));
        seen.set(texts.get(value), (seen.get(texts.get(value)) || 0) + 1);
      }
      left = left.filter((value) => seen.get(texts.get(value)) > 1);
    }
    return texts;
  }

  // --- axes ----------------------------------------------------------------------------------------------------

  function scale(axis, from, to) {
    const place = axis.log ? Math.log : (value) => value;
    const low = place(axis.low), width = place(axis.high) - low || 1;
    return (value) => from + ((place(value) - low) / width) * (to - from);
  }

  function ticks(axis, most) {
    if (axis.ticks) {
      const skip = Math.ceil(axis.ticks.length / Math.max(most, 2));
      return axis.ticks.filter((_, k) => k % skip === 0);
    }
    const places = axis.log ? decades(axis) : rounded(axis, most), step = places.length > 1 ? places[1] - places[0] : 1;
    return places.map((value) => [value, shown(value, Math.min(12, Math.max(0, 1 - Math.floor(Math.log10(step)))))]);
  }

  function rounded(axis, most) {
    const rough = (axis.high - axis.low) / most, power = 10 ** Math.floor(Math.log10(rough));
    const at = (step) => {
      const found = [];
      for (let k = Math.ceil(axis.low / step); k * step <= axis.high && found.length < 20; k++) found.push(Number((k * step).toPrecision(15)));
      return found;
    };
    // A single tick does not tell how long the axis is, so a step may be finer than the space asks for.
    const fine = [0.5, 1, 2, 5, 10].map((factor) => factor * power);
    const steps = axis.whole ? fine.map((step) => Math.max(1, step)) : fine, widest = steps.findIndex((step) => step >= rough);
    const found = at(steps[widest]);
    return found.length > 1 || widest === 0 ? found : at(steps[widest - 1]);
  }

  function decades(axis) {
    const found = [];
    for (let k = Math.floor(Math.log10(axis.low)); 10 ** k <= axis.high; k++)
      for (const factor of [1, 2, 5]) found.push(Number((factor + "e" + k)));
    const inside = found.filter((value) => value >= axis.low && value <= axis.high);
    const whole = inside.filter((value) => /^1(e|0*$|$)|^0\.0*1$/.test(String(value)));
    const chosen = whole.length >= 3 ? whole : inside;
    const skip = Math.ceil(chosen.length / 7);
    return chosen.filter((_, k) => k % skip === 0);
  }

  // --- marks ---------------------------------------------------------------------------------------------------

  const cross = (r) => (x, y) => `M${x - r} ${y - r}l${2 * r} ${2 * r}M${x - r} ${y + r}l${2 * r} ${-2 * r}`;
  const polygon = (corners) => (x, y) => "M" + corners.map(([a, b]) => `${(x + a).toFixed(1)} ${(y + b).toFixed(1)}`).join("L") + "Z";
  const star = Array.from({ length: 10 }, (_, k) => {
    const r = k % 2 ? 3.4 : 8, angle = (Math.PI * k) / 5;
    return [r * Math.sin(angle), -r * Math.cos(angle)];
  });
  // A triangle points beyond the edge where it is: up, right, down or left. In a legend it points as the first does.
  const TRIANGLES = [0, 1, 2, 3].map((turns) => [[0, -5], [4, 2], [-4, 2]].map(([a, b]) => [[a, b], [-b, a], [-a, -b], [b, -a]][turns]));
  function nearestEdge(x, y, box) {
    const distances = [y - box.top, box.right - x, box.bottom - y, x - box.left];
    return distances.indexOf(Math.min(...distances));
  }
  const edgeOfFirst = (mark, { x, y }) => nearestEdge(scale(x, 0, 1)(mark.x[0]), scale(y, 1, 0)(mark.y[0]), { left: 0, right: 1, top: 0, bottom: 1 });
  const circle = (r) => (x, y) => `M${(x - r).toFixed(1)} ${y.toFixed(1)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`;
  const triangle = (x, y, edge) => polygon(TRIANGLES[isNumber(edge) ? edge : nearestEdge(x, y, edge)] || TRIANGLES[0])(x, y);
  const SYMBOLS = {
    trial: circle(2.8),
    best: polygon(star),
    infeasible: cross(3),
    failed: (x, y) => `M${x} ${y - 5}v10M${x - 4} ${y}h8`,
    stopped: circle(3.6),
    beyond: triangle,
    "stopped-beyond": triangle,
    "infeasible-beyond": (x, y) => `M${x} ${y - 5}V${y}L${x - 4} ${y + 4}M${x} ${y}L${x + 4} ${y + 4}`,
    infinite: polygon([[-6, -4], [6, 4], [6, -4], [-6, 4]]),
    expected: (x, y) => `M${x - 11} ${y}h22`,
    knee: polygon(star),
    front: polygon([[0, -5], [5, 0], [0, 5], [-5, 0]]),
  };

  function drawPoints(mark, x, y, clip) {
    const symbol = SYMBOLS[mark.role] || SYMBOLS.trial, parts = [], whiskers = [];
    // A bar that reaches below zero ends at the edge of a logarithmic axis.
    const end = (scale, value, clipped, edge) => (isNumber(scale(value)) ? clipped(scale(value)) : edge);
    mark.x.forEach((value, k) => {
      if (!isNumber(value) || !isNumber(mark.y[k])) return;
      parts.push(symbol(x(value), y(mark.y[k]), clip));
      const error = mark.errors && mark.errors[k];
      if (isNumber(error) && error > 0) whiskers.push(`M${x(value)} ${end(y, mark.y[k] - error, clip.y, clip.bottom)}V${clip.y(y(mark.y[k] + error))}`);
      const flat = mark.x_errors && mark.x_errors[k];
      if (isNumber(flat) && flat > 0) whiskers.push(`M${end(x, value - flat, clip.x, clip.left)} ${y(mark.y[k])}H${clip.x(x(value + flat))}`);
    });
    return svg("g", { class: `mark ${mark.role}` }, whiskers.length ? svg("path", { class: "whisker", d: whiskers.join("") }) : null, svg("path", { class: "symbol", d: parts.join("") }));
  }

  function path(xs, ys, x, y, step) {
    let d = "", last = null;
    xs.forEach((value, k) => {
      if (!isNumber(value) || !isNumber(ys[k])) { last = null; return; }
      const at = [x(value).toFixed(1), y(ys[k]).toFixed(1)];
      d += last === null ? `M${at.join(" ")}` : step ? `H${at[0]}V${at[1]}` : `L${at.join(" ")}`;
      last = at;
    });
    return d;
  }

  const drawLine = (mark, x, y) => svg("path", { class: `mark ${mark.role} line`, d: path(mark.x, mark.y, x, y, mark.step) });

  function drawBand(mark, x, y) {
    const at = (values) => mark.x.map((value, k) => (isNumber(values[k]) ? `${x(value).toFixed(1)} ${y(values[k]).toFixed(1)}` : null)).filter(Boolean);
    return svg("path", { class: "mark band", d: `M${at(mark.high).join("L")}L${at(mark.low).reverse().join("L")}Z` });
  }

  function drawSpans(mark, x, y) {
    const height = Math.max(3, Math.min(22, Math.abs(y(1) - y(0)) * 0.72));
    const bars = mark.rows.map((row, k) => svg("rect", { x: x(mark.starts[k]), y: y(row) - height / 2, width: Math.max(1, x(mark.ends[k]) - x(mark.starts[k]) - 0.5), height, rx: 1 }));
    return svg("g", { class: `mark ${mark.role} spans` }, ...bars);
  }

  function drawHeat(mark, x, y, clip) {
    const flat = mark.values.flat().filter(isNumber), low = Math.min(...flat), width = Math.max(...flat) - low || 1;
    // Cells meet half way between their places; the first and the last are as wide on both sides.
    const edges = (places, at) => {
      const ends = places.slice(1).map((place, k) => (at(places[k]) + at(place)) / 2);
      const n = places.length, width = n > 1 ? 0 : at(places[0] + 1) - at(places[0]);
      const first = n > 1 ? 2 * at(places[0]) - ends[0] : at(places[0]) - width / 2;
      const last = n > 1 ? 2 * at(places[n - 1]) - ends[n - 2] : at(places[0]) + width / 2;
      const all = [first, ...ends, last];
      return places.map((_, k) => [all[k], all[k + 1]]);
    };
    const across = edges(mark.x, x), along = edges(mark.y, y), cells = [];
    mark.values.forEach((row, j) => row.forEach((value, k) => {
      if (!isNumber(value)) return;
      const [left, right] = across[k].map(clip.x), [bottom, top] = along[j].map(clip.y);
      const level = Math.min(4, Math.floor((5 * (value - low)) / width));
      cells.push(svg("rect", { class: `heat${level}`, x: Math.min(left, right), y: Math.min(top, bottom), width: Math.abs(right - left), height: Math.abs(bottom - top) }));
    }));
    return svg("g", { class: "mark heat" }, ...cells);
  }

  const DRAW = { points: drawPoints, line: drawLine, band: drawBand, spans: drawSpans, heat: drawHeat };

  // --- charts --------------------------------------------------------------------------------------------------

  const isAtEdge = (mark) => /beyond|infinite/.test(mark.role);

  // The trials in a chart with their places, for clicks and keys.
  function targets(chart, x, y) {
    const found = [];
    for (const mark of chart.marks) {
      if (mark.kind === "points" && mark.ids) mark.x.forEach((value, k) => isNumber(value) && isNumber(mark.y[k]) && found.push({ id: mark.ids[k], x: x(value), y: y(mark.y[k]), what: mark.label, value: isAtEdge(mark) ? "at the edge" : mark.y[k] }));
      if (mark.kind === "line" && mark.id !== null) mark.x.forEach((value, k) => isNumber(value) && isNumber(mark.y[k]) && found.push({ id: mark.id, x: x(value), y: y(mark.y[k]), what: mark.label, value: mark.y[k] }));
      if (mark.kind === "spans") mark.rows.forEach((row, k) => found.push({ id: mark.ids[k], x: (x(mark.starts[k]) + x(mark.ends[k])) / 2, y: y(row), what: mark.label, value: mark.ends[k] - mark.starts[k] }));
    }
    return found.sort((a, b) => a.x - b.x);
  }

  function plot(chart, width) {
    const spans = chart.marks.some((mark) => mark.kind === "spans");
    const height = Math.round(spans ? Math.min(420, 66 + 24 * (chart.y.high - chart.y.low)) : Math.min(360, Math.max(230, width * 0.42)));
    const yTicks = ticks(chart.y, Math.max(3, Math.floor(height / 45)));
    const cut = (text, most) => (text.length > most ? text.slice(0, most - 1) + "…" : text);
    const longest = Math.max(...yTicks.map(([, text]) => cut(text, 16).length), 2);
    const left = Math.min(34 + 6.6 * longest, width * 0.4), right = width - 14, top = 10, bottom = height - 44;
    const x = scale(chart.x, left, right), y = scale(chart.y, bottom, top);
    const xTicks = ticks(chart.x, Math.max(3, Math.floor((right - left) / (chart.x.ticks ? 60 : 75))));
    const space = (right - left) / Math.max(xTicks.length, 1);
    const frame = svg("g", { class: "frame" });
    for (const [value, text] of yTicks) {
      if (y(value) < top - 1 || y(value) > bottom + 1) continue;
      frame.append(svg("line", { x1: left, x2: right, y1: y(value), y2: y(value) }), svg("text", { x: left - 6, y: y(value) + 4, "text-anchor": "end" }, cut(text, 16)));
    }
    for (const [value, text] of xTicks) {
      const label = cut(text, Math.max(4, Math.floor(space / 7)));
      frame.append(svg("line", { x1: x(value), x2: x(value), y1: bottom, y2: bottom + 4 }));
      frame.append(svg("text", { x: x(value), y: bottom + 17, "text-anchor": "middle" }, label));
    }
    frame.append(svg("text", { class: "label", x: (left + right) / 2, y: height - 6, "text-anchor": "middle" }, cut(chart.x.label, Math.floor(width / 8))));
    frame.append(svg("text", { class: "label", transform: `translate(12 ${(top + bottom) / 2}) rotate(-90)`, "text-anchor": "middle" }, cut(chart.y.label, Math.floor(height / 8))));
    const ring = svg("circle", { class: "ring", r: 8, visibility: "hidden" });
    const clip = { left, right, top, bottom, x: (at) => Math.min(right, Math.max(left, at)), y: (at) => Math.min(bottom, Math.max(top, at)) };
    // Lines and areas end where they leave the picture: a nested svg hides what is outside of it.
    const near = (at) => Math.max(-1e5, Math.min(1e5, y(at))), box = { x: left - 1, y: top - 1, width: right - left + 2, height: bottom - top + 2 };
    const within = (drawn) => svg("svg", { ...box, viewBox: Object.values(box).join(" ") }, drawn);
    const marks = svg("g", {}, ...chart.marks.map((mark) => (mark.kind === "line" || mark.kind === "band" ? within(DRAW[mark.kind](mark, x, near)) : DRAW[mark.kind](mark, x, y, clip))));
    const label = `${chart.title}. ${chart.shows} Arrow keys go through its trials, Enter opens one.`;
    const size = { viewBox: `0 0 ${width} ${height}`, width, height };
    const drawn = svg("svg", { ...size, role: "img", tabindex: 0, "aria-label": label }, frame, marks, ring);
    return { drawn, ring, found: targets(chart, x, y) };
  }

  const same = (value) => value;
  const SAMPLES = {
    points: (mark, chart) => drawPoints({ ...mark, x: [11], y: [8], errors: null, x_errors: null }, same, same, edgeOfFirst(mark, chart)),
    line: (mark) => svg("path", { class: `mark ${mark.role} line`, d: "M1 8H21" }),
    band: () => svg("rect", { class: "mark band", x: 1, y: 2, width: 20, height: 12 }),
    spans: (mark) => svg("g", { class: `mark ${mark.role} spans` }, svg("rect", { x: 1, y: 4, width: 20, height: 8 })),
    heat: () => svg("g", {}, ...[0, 1, 2, 3, 4].map((k) => svg("rect", { class: `heat${k}`, x: 1 + 4 * k, y: 3, width: 4, height: 10 }))),
  };

  function legend(chart) {
    const items = new Map();
    for (const mark of chart.marks) if (!items.has(mark.label)) items.set(mark.label, mark);
    const sample = (mark) => svg("svg", { width: 22, height: 16, "aria-hidden": "true" }, SAMPLES[mark.kind](mark, chart));
    return el("ul", { class: "legend" }, ...[...items].map(([label, mark]) => el("li", {}, sample(mark), label)));
  }

  function chart(part) {
    const holder = el("div", { class: "plot" }), tip = el("p", { class: "tip", "aria-live": "polite" });
    let state = null, at = -1, width = 0;
    const point = (k) => {
      at = k;
      const target = state.found[k];
      state.ring.setAttribute("visibility", target ? "visible" : "hidden");
      tip.textContent = target ? `trial ${target.id}: ${shown(target.value)} (${target.what})` : "";
      if (target) { state.ring.setAttribute("cx", target.x); state.ring.setAttribute("cy", target.y); }
    };
    const nearest = (event) => {
      const box = state.drawn.getBoundingClientRect(), factor = width / box.width;
      const x = (event.clientX - box.left) * factor, y = (event.clientY - box.top) * factor;
      let best = -1, least = 20 ** 2;
      state.found.forEach((target, k) => {
        const distance = (target.x - x) ** 2 + (target.y - y) ** 2;
        if (distance < least) { best = k; least = distance; }
      });
      return best;
    };
    const keys = { ArrowRight: 1, ArrowLeft: -1 };
    const draw = () => {
      const now = Math.round(holder.clientWidth) || 640;
      if (now === width) return;
      width = now;
      state = plot(part, width);
      at = -1;
      holder.replaceChildren(state.drawn);
      if (!state.found.length) return;
      fill(state.drawn, {
        onmousemove: (event) => point(nearest(event)),
        onmouseleave: () => point(-1),
        onclick: (event) => { const k = nearest(event); if (k >= 0) openTrial(state.found[k].id); },
        onkeydown: (event) => {
          if (event.key in keys) { point((at + keys[event.key] + state.found.length) % state.found.length); event.preventDefault(); }
          if (event.key === "Enter" && at >= 0) openTrial(state.found[at].id);
        },
      }, []);
    };
    const watcher = new ResizeObserver(draw);
    watcher.observe(holder);
    const figure = el("figure", {}, el("figcaption", {}, el("h3", {}, part.title), el("p", { class: "how" }, part.how)), holder, tip, legend(part), el("p", { class: "shows" }, part.shows));
    return figure;
  }

  function bars(part) {
    const rows = part.names.map((name, k) => {
      const bar = el("span", { class: "bar" }), error = part.errors[k], value = part.values[k];
      const solid = el("span", { class: "solid" });
      solid.style.width = `${100 * value}%`;
      bar.append(solid);
      if (isNumber(error)) {
        const whisker = el("span", { class: "reach" });
        whisker.style.left = `${100 * Math.max(0, value - error)}%`;
        whisker.style.width = `${100 * (Math.min(1, value + error) - Math.max(0, value - error))}%`;
        bar.append(whisker);
      }
      return el("tr", {}, el("th", { scope: "row" }, name), el("td", { class: "wide" }, bar), el("td", { class: "number" }, value.toFixed(2) + (isNumber(error) ? ` ± ${error.toFixed(2)}` : "")));
    });
    return el("figure", {}, el("figcaption", {}, el("h3", {}, part.title), el("p", { class: "how" }, part.how)), el("table", { class: "bars" }, el("tbody", {}, ...rows)), el("p", { class: "shows" }, part.shows));
  }

  // --- tables and texts ----------------------------------------------------------------------------------------

  const trialButton = (id) => el("button", { type: "button", class: "link", onclick: () => openTrial(id) }, String(id));
  const studyLink = (name) => el("a", { href: `?study=${encodeURIComponent(name)}` }, name);

  function cell(value, name, texts) {
    const content = name === "trial" || name === "id" ? trialButton(value) : name === "study" ? studyLink(value) : texts.get(value);
    const isLong = typeof value === "string" && value.length > 40;
    return el("td", { class: isLong ? "long" : typeof value === "number" && name !== "trial" ? "number" : null }, content);
  }

  function table(part) {
    const head = part.head.some(Boolean) ? el("thead", {}, el("tr", {}, ...part.head.map((name) => (name ? el("th", { scope: "col" }, name) : el("td", {}))))) : null;
    const texts = part.head.map((_, k) => apart(part.rows.map((row) => row[k])));
    const rows = part.rows.map((row) => el("tr", {}, ...row.map((value, k) => (head === null && k === 0 ? el("th", { scope: "row" }, shown(value)) : cell(value, part.head[k], texts[k])))));
    return scroller(part.title || "Table", part.head.length > 3, el("table", {}, part.title ? el("caption", {}, part.title) : null, head, el("tbody", {}, ...rows)));
  }

  const scroller = (label, isWide, content) => el("div", { class: isWide ? "scroll wide" : "scroll", tabindex: 0, role: "region", "aria-label": label }, content);

  function code(text) {
    const button = el("button", { type: "button", class: "copy", onclick: async () => { button.textContent = await navigator.clipboard.writeText(text).then(() => "Copied", () => "Not allowed"); } }, "Copy");
    return el("div", { class: "code" }, el("pre", { tabindex: 0 }, text), navigator.clipboard ? button : null);
  }

  const text = (part) => (part.tone === "code" ? code(part.text) : el("p", { class: part.tone }, part.text));

  // What somebody has typed stays when the section is written again.
  const typed = new Map();
  function bounds(part) {
    const said = el("p", { role: "status" });
    const goals = part.maximize.map((isMore) => (isMore ? { word: "at least", better: (a, b) => a > b } : { word: "at most", better: (a, b) => a < b }));
    const inputs = part.names.map((name, k) => el("input", { type: "text", inputmode: "decimal", value: typed.get(name) || "", oninput: (event) => { typed.set(name, event.target.value); answer(); }, id: `bound-${k}` }));
    const answer = () => {
      const limits = inputs.map((input) => (input.value.trim() ? number(input.value.trim()) : undefined)), wrong = limits.findIndex((limit) => limit === null);
      if (wrong >= 0) { said.textContent = `${inputs[wrong].value}: write a number.`; return; }
      const left = part.rows.filter((row) => limits.every((limit, k) => limit === undefined || !goals[k].better(limit, row[k + 1])));
      const best = part.names.map((name, k) => { const row = left.reduce((a, b) => (a && !goals[k].better(b[k + 1], a[k + 1]) ? a : b), null); return row ? [el("span", { class: "whole" }, `${name} ${shown(row[k + 1])} (trial `, trialButton(row[0]), ")")] : []; });
      said.replaceChildren(`${left.length} of ${part.rows.length} trials on the front ${left.length === 1 ? "satisfies" : "satisfy"} this`, ...(left.length ? [": the best have ", ...best.flatMap((text, k) => (k ? [", ", ...text] : text))] : []), ".");
    };
    const fields = part.names.map((name, k) => el("label", { for: `bound-${k}` }, `${name} ${goals[k].word}`, inputs[k]));
    answer();
    return el("div", { class: "pick" }, el("p", { class: "how" }, "With bounds on the objectives:"), el("div", { class: "bounds" }, ...fields), said);
  }

  const PARTS = { chart, bars, table, text, bounds };

  // --- trials --------------------------------------------------------------------------------------------------

  const trials = page.trials;
  const query = { where: "", sort: "id", reverse: false, offset: 0 };
  const CONDITION = /^(.+?)(<=|>=|!=|==?|<|>)(.*)$/;
  const COMPARE = { "=": (a, b) => a === b, "!=": (a, b) => a !== b, "<": (a, b) => a < b, "<=": (a, b) => a <= b, ">": (a, b) => a > b, ">=": (a, b) => a >= b };

  function columnOf(name) {
    const names = [name, `params/${name}`, `constraints/${name}`, `value/${name}`, `${name}_0`];
    const known = trials.columns.map((column) => column.name), full = names.find((each) => known.includes(each));
    // With named objectives, "value" is the first of them.
    // The column of a single objective is called by the name of the objective, too.
    const single = trials.columns.findIndex((column) => column.name === "value" && column.label === name);
    const k = full !== undefined ? known.indexOf(full) : name === "value" ? known.findIndex((each) => each.startsWith("value/")) : single;
    if (k < 0) throw new Error(`${name}: there is no such column; choose from ${known.join(", ")}`);
    return k;
  }

  // Infinity is text in JSON.
  function number(text) {
    if (typeof text === "number") return text;
    const ends = { inf: Infinity, "+inf": Infinity, "-inf": -Infinity, infinity: Infinity, "-infinity": -Infinity, nan: NaN };
    if (text.toLowerCase() in ends) return ends[text.toLowerCase()];
    return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : null;
  }
  const isNumberIn = (column, value) => typeof value === "number" || (column.numeric && number(value) !== null);

  const rankIn = (column, value) => (column.ordered ? column.choices.indexOf(String(value)) : -1);

  // The same as in tanteo/run/columns.py: a test compares what both find.
  function condition(part) {
    const match = CONDITION.exec(part);
    if (!match) throw new Error(`${part}: write a column, one of ${Object.keys(COMPARE).join(" ")} and a value, such as lr<0.01`);
    const k = columnOf(match[1]), sign = match[2] === "==" ? "=" : match[2], wanted = match[3], column = trials.columns[k];
    const entries = trials.rows.map((row) => row[k]).filter((value) => value !== null);
    const holds = (value) => (isNumberIn(column, value) && number(wanted) !== null ? COMPARE[sign](number(value), number(wanted)) : COMPARE[sign](String(value), wanted));
    const isChoice = column.choices.includes(wanted) || entries.some((value) => String(value) === wanted || (typeof value === "number" && value === number(wanted)));
    const isEqual = sign === "=" || sign === "!=", rank = isEqual ? -1 : rankIn(column, wanted);
    if (column.choices.length && (isEqual ? !isChoice : column.ordered && rank < 0)) throw new Error(`${part}: choose one of ${column.choices.join(", ")}`);
    if (rank >= 0) return (row) => row[k] !== null && rankIn(column, row[k]) >= 0 && COMPARE[sign](rankIn(column, row[k]), rank);
    if (entries.length && entries.every((value) => isNumberIn(column, value)) && number(wanted) === null) throw new Error(`${part}: ${column.name} holds numbers, and '${wanted}' is not a number`);
    return (row) => (row[k] === null ? sign === "!=" : holds(row[k]));
  }

  function localRows() {
    const holds = query.where.split(/\s+/).filter(Boolean).map(condition);
    const k = columnOf(query.sort), column = trials.columns[k], sign = column.descends ? -1 : 1;
    const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0), isText = (value) => rankIn(column, value) < 0 && !isNumberIn(column, value);
    const placed = (value) => (rankIn(column, value) < 0 ? number(value) : rankIn(column, value));
    const found = trials.rows.filter((row) => holds.every((is) => is(row)));
    const rows = found.filter((row) => row[k] !== null), missing = found.filter((row) => row[k] === null);
    rows.sort((a, b) => isText(a[k]) - isText(b[k]) || (isText(a[k]) ? compare(String(a[k]), String(b[k])) : sign * compare(placed(a[k]), placed(b[k]))));
    if (query.reverse) rows.reverse();
    // Where values are sorted, trials that cannot be the best follow those that can.
    if (/^value([/_]|$)/.test(column.name)) rows.sort((a, b) => (trials.standing[a[0]] || 0) - (trials.standing[b[0]] || 0));
    rows.push(...missing);
    return { n: rows.length, rows: rows.slice(query.offset, query.offset + ROWS) };
  }

  async function remote(path, parameters) {
    const answer = await fetch(`${path}?${new URLSearchParams({ study: page.study, ...parameters })}`);
    const found = await answer.json();
    if (!answer.ok) throw new Error(found.error);
    return found;
  }

  const findRows = async () => (page.live ? remote("trials.json", { ...query, limit: ROWS }) : localRows());

  function trialSection() {
    const count = el("p", { role: "status", class: "count" }), body = el("tbody"), head = el("tr");
    const input = el("input", { type: "search", id: "where", placeholder: "state=complete lr<0.01", autocomplete: "off", spellcheck: "false" });
    const before = el("button", { type: "button", onclick: () => go(-ROWS) }, "Previous"), after = el("button", { type: "button", onclick: () => go(ROWS) }, "Next");
    const go = (step) => { query.offset = Math.max(0, query.offset + step); show(); };
    let newest = 0;
    async function show() {
      const own = ++newest;
      try {
        const found = await findRows(), { n, rows } = found;
        if (own !== newest) return;
        if (page.live) Object.assign(trials, { columns: found.columns, total: found.total });
        head.replaceChildren(...trials.columns.map(heading));
        const texts = trials.columns.map((_, k) => apart(rows.map((row) => row[k])));
        const feasible = trials.columns.findIndex((column) => column.name === "feasible");
        body.replaceChildren(...rows.map((row) => el("tr", { class: row[feasible] === "False" ? "infeasible" : null }, ...row.map((value, k) => cell(value, trials.columns[k].name, texts[k])))));
        const last = Math.min(query.offset + ROWS, n);
        count.textContent = n ? `Trials ${query.offset + 1} to ${last} of ${n}${n < trials.total ? `, from ${trials.total} in all` : ""}.` : `None of ${trials.total} trials.`;
        before.disabled = query.offset === 0;
        after.disabled = last >= n;
      } catch (error) {
        if (own === newest) count.textContent = error.message;
      }
    }
    const heading = (column) => {
      const sorted = query.sort === column.name;
      const press = () => { query.reverse = sorted && !query.reverse; query.sort = column.name; query.offset = 0; show(); };
      const order = query.reverse ? "descending" : "ascending", arrow = query.reverse ? " ▼" : " ▲";
      const button = el("button", { type: "button", class: "link", onclick: press }, column.label + (sorted ? arrow : ""));
      return el("th", { scope: "col", "aria-sort": sorted ? order : null }, button);
    };
    let timer = 0;
    input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => { query.where = input.value; query.offset = 0; show(); }, 150); });
    trials.refresh = show;
    // A live page is told when there are rows, after its first picture: to find them takes as long in a large search.
    if (!page.live) show();
    const isWhole = page.live || trials.rows.length === trials.total;
    const held = isWhole ? null : el("p", { class: "missing" }, `This page holds the ${trials.rows.length} best of ${trials.total} trials; tanteo watch pages through all of them.`);
    const form = el("form", { class: "filter", onsubmit: (event) => event.preventDefault() }, el("label", { for: "where" }, "Only trials with"), input);
    const rows = scroller("Table of trials", true, el("table", { class: "trials" }, el("thead", {}, head), body));
    const pages = el("p", { class: "pages" }, before, after), title = el("h2", { id: "trials-title" }, "Trials");
    return el("section", { id: "trials", "aria-labelledby": "trials-title" }, title, held, form, count, rows, pages);
  }

  // --- one trial -----------------------------------------------------------------------------------------------

  const dialog = el("dialog", { "aria-labelledby": "trial-title" });

  async function openTrial(id) {
    let about;
    try {
      about = page.live ? await remote("trial.json", { id }) : trials.details[id];
    } catch (error) {
      about = { missing: error.message };
    }
    const close = el("button", { type: "button", onclick: () => dialog.close() }, "Close");
    const title = el("header", {}, el("h2", { id: "trial-title" }, `Trial ${id}`), close);
    const problem = about ? about.missing : "This page does not hold this trial.";
    dialog.replaceChildren(title, ...(problem ? [el("p", { class: "missing" }, problem)] : trialParts(about)));
    if (!dialog.open) dialog.showModal();
    if (location.hash !== `#trial-${id}`) history.replaceState(null, "", `#trial-${id}`);
  }

  function trialParts(about) {
    const lead = about.values ? `${about.state}: ${about.values.join(", ")}` : about.state;
    const pairs = (title, rows) => (rows.length ? table({ title, head: ["", ""], rows }) : null);
    const parts = [el("p", { class: "lead" }, lead), pairs("Configuration", about.params), pairs("Record", about.facts.filter(([name]) => name !== "traceback")), pairs("Attributes", about.attributes)];
    // Paths as text: an artifact may be any address.
    if (about.artifacts.length) parts.push(el("h3", {}, "Artifacts"), el("ul", {}, ...about.artifacts.map((path) => el("li", {}, path))));
    const traceback = about.facts.find(([name]) => name === "traceback");
    if (traceback) parts.push(el("h3", {}, "Traceback"), el("pre", { tabindex: 0 }, traceback[1]));
    if (about.explanation) parts.push(el("h3", {}, "Why it was proposed"), el("pre", { tabindex: 0 }, about.explanation));
    if (about.steps.length > 1 && isNumber(about.steps[0][1])) parts.push(curveOf(about));
    return parts.filter(Boolean);
  }

  function curveOf(about) {
    const x = about.steps.map(([step]) => step), y = about.steps.map(([, value]) => value), finite = y.filter(isNumber);
    const low = Math.min(...finite), high = Math.max(...finite), margin = 0.06 * (high - low || 1);
    const axis = (label, from, to, whole) => ({ label, low: from, high: to, log: false, whole, ticks: null }), end = x.length - 1;
    const folds = about.of_folds, at = (k) => (folds ? `after ${x[k]} fold${x[k] === 1 ? "" : "s"}` : `at step ${x[k]}`);
    return chart({
      title: folds ? "Mean of the folds so far" : "Reported values",
      how: folds ? "The line is the mean of the folds that were measured so far." : "The line is what the trial reported, step by step.",
      shows: `It went from ${shown(y[0])} ${at(0)} to ${shown(y[end])} ${at(end)}.`,
      x: axis(folds ? "folds measured" : "step", x[0], x[end], true),
      y: axis("value", low - margin, high + margin, false),
      marks: [{ kind: "line", role: "top", label: "reported", x, y, step: false, id: null }],
    });
  }

  dialog.addEventListener("close", () => { if (location.hash.startsWith("#trial-")) history.replaceState(null, "", location.pathname + location.search); });
  const openFromAddress = () => { const match = /^#trial-(\d+)$/.exec(location.hash); if (match) openTrial(Number(match[1])); };

  // --- the page ------------------------------------------------------------------------------------------------

  const status = el("p", { role: "status", class: "status" }), header = el("header", { class: "top" }), main = el("main", { id: "main", tabindex: -1 }), nav = el("nav", { "aria-label": "Sections" });

  function showHead(head) {
    header.replaceChildren(el("p", { class: "brand" }, "Tanteo"), el("h1", {}, head.name), el("p", { class: "goals" }, `${head.goals} · ${head.trials} · ${head.made}`), status);
  }

  function sectionOf(data) {
    const parts = data.parts.map((part) => PARTS[part.kind](part));
    return el("section", { id: data.id, "aria-labelledby": `${data.id}-title` }, el("h2", { id: `${data.id}-title` }, data.title), ...parts);
  }

  const texts = new Map(), waiting = new Map();
  let awaitsRows = false;
  main.addEventListener("focusout", () => setTimeout(() => { [...waiting.values()].forEach(showSection); if (awaitsRows) refreshRows(); }));

  function refreshRows() {
    awaitsRows = document.activeElement.closest("#trials table") !== null;
    if (!awaitsRows) trials.refresh();
  }

  function showSection(data) {
    const text = JSON.stringify(data), old = document.getElementById(data.id);
    waiting.delete(data.id);
    if (texts.get(data.id) === text) return;
    // What somebody reads with the keyboard stays, until the focus goes elsewhere.
    if (old && old.contains(document.activeElement)) { waiting.set(data.id, data); return; }
    texts.set(data.id, text);
    const made = sectionOf(data);
    if (old) old.replaceWith(made);
    else if (data.id === "time" || data.id === "record" || !trials) main.append(made);
    else main.insertBefore(made, document.getElementById("trials"));
    showLinks();
  }

  function showLinks() {
    const links = [...main.querySelectorAll("section")].map((section) => el("li", {}, el("a", { href: `#${section.id}` }, section.querySelector("h2").textContent)));
    const others = page.study && page.studies.length > 1 ? [el("li", {}, el("a", { href: "?" }, "All studies"))] : [];
    nav.replaceChildren(el("ul", {}, ...others, ...links));
  }

  function listen() {
    const source = new EventSource(`events?${new URLSearchParams({ study: page.study })}`);
    source.onopen = () => { status.textContent = "Live: this page follows the search."; };
    source.onerror = () => { status.textContent = "The server does not answer; trying again."; };
    source.addEventListener("problem", (event) => { status.textContent = JSON.parse(event.data); });
    source.addEventListener("head", (event) => showHead(JSON.parse(event.data)));
    source.addEventListener("section", (event) => showSection(JSON.parse(event.data)));
    source.addEventListener("trials", () => { if (trials) refreshRows(); });
  }

  root.replaceChildren(el("a", { class: "skip", href: "#main" }, "Skip to the page"), header, nav, main, dialog);
  showHead(page.head);
  if (trials) main.append(trialSection());
  page.sections.forEach(showSection);
  showLinks();
  if (page.live) {
    // The token is in a cookie by now, and need not stay in the address, which may be shared or looked at.
    const address = new URL(location.href);
    address.searchParams.delete("token");
    if (address.href !== location.href) history.replaceState(null, "", address);
    listen();
  }
  addEventListener("hashchange", openFromAddress);
  openFromAddress();
})();
