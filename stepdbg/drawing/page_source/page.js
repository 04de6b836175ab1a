"use strict";
// The lanes of one page.  What the data means stands in stepdbg/drawing/page.py, which writes it.
(() => {
  const STATES = ["running", "runnable", "blocked", "asleep", "cancelled"];
  const [RUNNING, RUNNABLE, BLOCKED, ASLEEP, CANCELLED] = [0, 1, 2, 3, 4];
  const HEIGHTS = [14, 8, 2, 2, 12];
  // Of several states within one pixel the first of these is seen: a step takes microseconds.
  const SEEN_FIRST = [RUNNING, CANCELLED, RUNNABLE, ASLEEP, BLOCKED];
  const ARROWS = ["spawn", "wake", "cancel"];
  const NAMES = 230, TOP = 28, ROW = 20;  // pixels
  const GRAIN = 2;  // pixels that are drawn as one where several things happen within them
  const MOST_ARROWS = 3000;  // that are drawn at once; more are a blot
  const LONGEST_CHAIN = 100;
  const byId = (id) => document.getElementById(id);
  const canvas = byId("lanes"), pen = canvas.getContext("2d"), stage = byId("stage");
  const hover = byId("hover"), detail = byId("detail");

  // -- data ------------------------------------------------------------------------------

  const given = JSON.parse(byId("runs").textContent);
  const runs = given.runs.map(unpack);
  let run = runs[0];

  function unpack(packed) {
    const texts = packed.texts;
    const lanes = packed.lanes.map((lane, row) => unpackLane(lane, row, packed, texts));
    const rows = new Map(lanes.map((lane) => [lane.number, lane]));
    const count = packed.arrows.length / 7;
    const arrows = {
      count, kind: new Uint8Array(count), time: new Float64Array(count),
      position: new Int32Array(count), source: new Array(count), target: new Array(count),
      step: new Int32Array(count), place: new Int32Array(count),
    };
    let time = 0, position = 0;
    for (let index = 0, at = 0; index < count; index++, at += 7) {
      time += packed.arrows[at + 1]; position += packed.arrows[at + 2];
      arrows.kind[index] = packed.arrows[at];
      arrows.time[index] = time / given.unit;
      arrows.position[index] = position;
      arrows.source[index] = rows.get(packed.arrows[at + 3]) || null;
      arrows.target[index] = rows.get(packed.arrows[at + 4]) || null;
      arrows.step[index] = packed.arrows[at + 5];
      arrows.place[index] = packed.arrows[at + 6];
      const target = arrows.target[index];
      if (target) target.woken.push(index);
    }
    const length = packed.end / given.unit;
    return { title: packed.title, lanes, arrows, texts, length, begin: packed.begin,
      last: packed.last, complete: packed.complete,
      steps: lanes.reduce((sum, lane) => sum + lane.ran[lane.count], 0) };
  }

  function unpackLane([number, name, depth, outcome, spans, marks], row, packed, texts) {
    const count = spans.length / 9;
    const lane = {
      number, name, depth, outcome, row, count, woken: [], marks: [],
      state: new Uint8Array(count), begin: new Float64Array(count), end: new Float64Array(count),
      first: new Int32Array(count), last: new Int32Array(count), step: new Int32Array(count),
      place: new Int32Array(count), wait: new Int32Array(count), why: new Int32Array(count),
    };
    let time = 0, position = 0;
    for (let index = 0, at = 0; index < count; index++, at += 9) {
      lane.state[index] = spans[at];
      lane.begin[index] = (time += spans[at + 1]) / given.unit;
      lane.end[index] = (time += spans[at + 2]) / given.unit;
      lane.first[index] = (position += spans[at + 3]);
      lane.last[index] = (position += spans[at + 4]);
      lane.step[index] = spans[at + 5];
      lane.place[index] = spans[at + 6];
      lane.wait[index] = spans[at + 7];
      lane.why[index] = spans[at + 8];
    }
    // How many spans of a state there are before one: whether a pixel holds one is a subtraction.
    lane.before = STATES.map((_, state) => {
      const counts = new Int32Array(count + 1);
      for (let index = 0; index < count; index++) {
        counts[index + 1] = counts[index] + (lane.state[index] === state ? 1 : 0);
      }
      return counts;
    });
    lane.ran = lane.before[RUNNING];
    for (let at = 0; at < marks.length; at += 5) {
      lane.marks.push({ kind: texts[marks[at]], time: marks[at + 1] / given.unit,
        position: marks[at + 2], place: texts[marks[at + 3]], detail: texts[marks[at + 4]] });
    }
    return lane;
  }

  // -- view ------------------------------------------------------------------------------

  const view = { bySteps: false, begin: 0, end: 1, top: 0, wanted: "", chosen: null, chain: [] };
  let width = 0, height = 0, ratio = 1, looks = null, due = 0;

  const whole = () => (view.bySteps ? Math.max(run.last, 1) : Math.max(run.length, 1e-9));
  const scale = () => (width - NAMES - 16) / (view.end - view.begin);
  const xOf = (value) => NAMES + (value - view.begin) * scale();
  const valueAt = (x) => view.begin + (x - NAMES) / scale();
  const begins = (lane) => (view.bySteps ? lane.first : lane.begin);
  const ends = (lane) => (view.bySteps ? lane.last : lane.end);
  const moment = (what, index) => (view.bySteps ? what.position[index] : what.time[index]);
  const visibleRows = () => (height - TOP) / ROW;

  function look(begin, end) {
    const all = whole(), room = all * 0.02;
    const least = view.bySteps ? 4 : Math.max(all * 1e-9, 1e-7);
    const length = Math.min(Math.max(end - begin, least), all + 2 * room);
    begin = Math.min(Math.max(begin, -room), all + room - length);
    view.begin = begin;
    view.end = begin + length;
    redraw();
  }

  function fit() { look(-whole() * 0.01, whole() * 1.01); }

  function zoom(factor, x) {
    const at = x === undefined ? (view.begin + view.end) / 2 : valueAt(Math.max(x, NAMES));
    look(at - (at - view.begin) * factor, at + (view.end - at) * factor);
  }

  function scrollTo(top) {
    const most = Math.max(run.lanes.length * ROW - (height - TOP) + 8, 0);
    view.top = Math.min(Math.max(top, 0), most);
    redraw();
  }

  function redraw() {
    if (!due) due = requestAnimationFrame(() => { due = 0; draw(); });
  }

  // -- drawing ---------------------------------------------------------------------------

  function readLooks() {
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(`--${name}`).trim();
    const colours = {};
    for (const name of ["ground", "text", "faint", "rule", "stripe", "running", "runnable", "line",
      "cancelled", "spawn", "wake", "cancel", "chosen", "found"]) colours[name] = colour(name);
    const fills = [
      colours.running,
      tile(6, 6, (p) => strokes(p, colours.runnable, 2.4, [[-2, 2, 2, -2], [-1, 7, 7, -1], [4, 8, 8, 4]])),
      colours.line,
      tile(5, 2, (p) => { p.fillStyle = colours.line; p.fillRect(0, 0, 2, 2); }),
      tile(6, 6, (p) => strokes(p, colours.cancelled, 1.5, [[0, 0, 6, 6], [6, 0, 0, 6]])),
    ];
    looks = { colours, fills };
  }

  function tile(wide, high, paint) {
    const small = document.createElement("canvas");
    small.width = wide * ratio; small.height = high * ratio;
    const brush = small.getContext("2d");
    brush.scale(ratio, ratio);
    paint(brush);
    const pattern = pen.createPattern(small, "repeat");
    pattern.setTransform(new DOMMatrix().scale(1 / ratio));
    return pattern;
  }

  function strokes(brush, colour, wide, lines) {
    brush.strokeStyle = colour; brush.lineWidth = wide;
    brush.beginPath();
    for (const [x, y, toX, toY] of lines) { brush.moveTo(x, y); brush.lineTo(toX, toY); }
    brush.stroke();
  }

  function draw() {
    const began = performance.now();
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.fillStyle = looks.colours.ground;
    pen.fillRect(0, 0, width, height);
    const first = Math.max(Math.floor(view.top / ROW), 0);
    const behind = Math.min(first + Math.ceil(visibleRows()) + 1, run.lanes.length);
    drawStripes(first, behind);
    pen.save();
    pen.beginPath(); pen.rect(NAMES, 0, width - NAMES, height); pen.clip();
    drawTicks();
    pen.beginPath(); pen.rect(NAMES, TOP, width - NAMES, height - TOP); pen.clip();
    for (let row = first; row < behind; row++) collectBars(run.lanes[row]);
    drawBars();
    drawArrows(first, behind);
    for (let row = first; row < behind; row++) drawMarks(run.lanes[row]);
    drawChosen();
    pen.restore();
    drawNames(first, behind);
    placeThumb();
    timeline.lastDraw = performance.now() - began;
  }

  const yOf = (row) => TOP + row * ROW - view.top;

  function drawStripes(first, behind) {
    for (let row = first; row < behind; row++) {
      const lane = run.lanes[row];
      const isFound = view.wanted && lane.found;
      if (!isFound && row % 2 === 0) continue;
      pen.fillStyle = isFound ? looks.colours.found : looks.colours.stripe;
      pen.fillRect(0, Math.max(yOf(row), TOP), width, Math.min(ROW, yOf(row) + ROW - TOP));
    }
  }

  function drawTicks() {
    const length = view.end - view.begin;
    const least = length / Math.max((width - NAMES) / 110, 1);
    const size = 10 ** Math.floor(Math.log10(least));
    let step = [1, 2, 5, 10].map((each) => each * size).find((each) => each >= least * 0.999);
    if (view.bySteps) step = Math.max(Math.round(step / 2) * 2, 2);
    pen.font = "12px system-ui, sans-serif";
    pen.textBaseline = "middle"; pen.lineWidth = 1;
    pen.strokeStyle = looks.colours.rule;
    pen.fillStyle = looks.colours.faint;
    pen.beginPath();
    const begun = view.bySteps ? 0 : run.begin;
    for (let tick = Math.ceil((view.begin + begun) / step) * step; tick <= view.end + begun; tick += step) {
      const x = Math.round(xOf(tick - begun)) + 0.5;
      pen.moveTo(x, TOP - 8); pen.lineTo(x, height);
      pen.fillText(view.bySteps ? stepTime(tick) : timeText(tick, step), x + 4, TOP / 2);
    }
    pen.stroke();
  }

  // When the first step at a position or behind it begins.
  function stepTime(position) {
    if (!run.positions) {
      const found = [];
      for (const lane of run.lanes) {
        for (let index = 0; index < lane.count; index++) {
          if (lane.state[index] === RUNNING) found.push([lane.first[index], lane.begin[index]]);
        }
      }
      found.sort((one, other) => one[0] - other[0]);
      run.positions = Int32Array.from(found, (each) => each[0]);
      run.times = Float64Array.from(found, (each) => each[1]);
    }
    const index = firstAt(run.positions, run.positions.length, position - 1);
    const time = index < run.times.length ? run.times[index] : run.length;
    return `${(run.begin + time).toFixed(4)} s`;
  }

  function firstAt(values, count, value) {  // the first index whose value is greater
    let low = 0, high = count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (values[middle] > value) high = middle; else low = middle + 1;
    }
    return low;
  }

  // Left, right and middle of each bar, by state: to change the colour takes longer than to draw.
  const bars = STATES.map(() => ({ count: 0, at: new Float64Array(3 * 1024) }));

  function collectBars(lane) {
    const from = begins(lane), to = ends(lane), factor = scale();
    const base = NAMES - view.begin * factor, middle = yOf(lane.row) + ROW / 2;
    let index = firstAt(to, lane.count, view.begin);
    const behind = firstAt(from, lane.count, view.end);
    let state = -1, left = 0, right = 0;
    while (index < behind) {
      let begin = Math.max(base + from[index] * factor, NAMES - 2);
      let end = Math.min(base + to[index] * factor, width + 2);
      let next = index + 1, found = lane.state[index];
      if (end - begin < GRAIN) {  // all that ends in these pixels is one
        begin = Math.floor(begin / GRAIN) * GRAIN;
        const edge = (begin + GRAIN - base) / factor;
        next = Math.max(firstAt(to, lane.count, edge), next);
        if (next > behind) next = behind;
        if (next > index + 1) found = seenFirst(lane, index, next);
        end = Math.max(begin + (next > index + 1 ? GRAIN : 1), end);
      }
      if (found === state && begin <= right + 0.5) {
        if (end > right) right = end;
      } else {
        if (state >= 0) bar(state, left, right, middle);
        state = found; left = begin; right = end;
      }
      index = next;
    }
    if (state >= 0) bar(state, left, right, middle);
  }

  function seenFirst(lane, index, next) {
    for (const state of SEEN_FIRST) {
      if (lane.before[state][next] > lane.before[state][index]) return state;
    }
    return BLOCKED;
  }

  function bar(state, left, right, middle) {
    const found = bars[state];
    if (found.count + 3 > found.at.length) {
      const larger = new Float64Array(found.at.length * 2);
      larger.set(found.at);
      found.at = larger;
    }
    found.at[found.count++] = left;
    found.at[found.count++] = right;
    found.at[found.count++] = middle;
  }

  function drawBars() {
    for (const state of [...SEEN_FIRST].reverse()) {
      const { at, count } = bars[state], high = HEIGHTS[state];
      pen.fillStyle = looks.fills[state];
      pen.beginPath();
      for (let index = 0; index < count; index += 3) {
        pen.rect(at[index], at[index + 2] - high / 2, at[index + 1] - at[index], high);
      }
      pen.fill();
      bars[state].count = 0;
    }
  }

  function drawArrows(firstRow, behindRow) {
    const { arrows } = run, values = view.bySteps ? arrows.position : arrows.time;
    const first = firstAt(values, arrows.count, view.begin - 1e-12);
    const behind = firstAt(values, arrows.count, view.end);
    timeline.arrowsHidden = behind - first > MOST_ARROWS;
    if (timeline.arrowsHidden) return;
    const paths = ARROWS.map(() => new Path2D());
    for (let index = first; index < behind; index++) {
      const source = arrows.source[index], target = arrows.target[index];
      if (!source || !target || source === target) continue;
      const high = Math.min(source.row, target.row), low = Math.max(source.row, target.row);
      if (low < firstRow || high >= behindRow) continue;
      traceArrow(paths[arrows.kind[index]], xOf(values[index]), source.row, target.row);
    }
    pen.globalAlpha = 0.5; pen.lineWidth = 1;
    ARROWS.forEach((kind, index) => {
      pen.strokeStyle = looks.colours[kind];
      pen.stroke(paths[index]);
    });
    pen.globalAlpha = 1;
  }

  function traceArrow(path, x, sourceRow, targetRow) {
    const from = yOf(sourceRow) + ROW / 2, to = yOf(targetRow) + ROW / 2;
    const tip = to > from ? 4 : -4;
    path.moveTo(x, from); path.lineTo(x, to);
    path.moveTo(x - 3, to - tip); path.lineTo(x, to); path.lineTo(x + 3, to - tip);
  }

  function drawMarks(lane) {
    const middle = yOf(lane.row) + ROW / 2;
    pen.lineWidth = 1.5;
    let before = -9;
    for (const mark of lane.marks) {
      const value = view.bySteps ? mark.position : mark.time;
      if (value < view.begin || value > view.end) continue;
      const x = xOf(value);
      if (x - before < 2) continue;  // they would be a blot
      if (mark.kind === "exited") {
        pen.strokeStyle = looks.colours.text;
        line(x, middle - 8, x, middle + 8);
      } else if (mark.kind === "deadline") {
        pen.strokeStyle = looks.colours.cancelled;
        pen.beginPath(); pen.arc(x, middle, 5, 0, 2 * Math.PI); pen.stroke();
      } else if (mark.kind === "cancelled" || mark.kind === "cancels") {
        pen.strokeStyle = looks.colours.cancelled;
        line(x - 4, middle - 4, x + 4, middle + 4);
        line(x - 4, middle + 4, x + 4, middle - 4);
      } else continue;
      before = x;
    }
  }

  function line(x, y, toX, toY) {
    pen.beginPath(); pen.moveTo(x, y); pen.lineTo(toX, toY); pen.stroke();
  }

  function drawChosen() {
    if (!view.chosen) return;
    const values = view.bySteps ? run.arrows.position : run.arrows.time;
    pen.lineWidth = 2.5; pen.strokeStyle = looks.colours.text;
    const path = new Path2D();
    for (const each of view.chain) {
      const source = run.arrows.source[each.arrow];
      if (source) traceArrow(path, xOf(values[each.arrow]), source.row, run.arrows.target[each.arrow].row);
    }
    pen.stroke(path);
    for (const each of [view.chosen, ...view.chain.map((link) => link.from)]) {
      if (!each) continue;
      const { lane, index } = each;
      const left = xOf(begins(lane)[index]), right = Math.max(xOf(ends(lane)[index]), left + 3);
      pen.strokeRect(left - 1, yOf(lane.row) + 1.5, right - left + 2, ROW - 3);
    }
  }

  function drawNames(first, behind) {
    pen.save();
    pen.beginPath(); pen.rect(0, TOP, NAMES - 4, height - TOP); pen.clip();
    pen.textBaseline = "middle";
    for (let row = first; row < behind; row++) {
      const lane = run.lanes[row], indent = 10 + 12 * Math.min(lane.depth, 8);
      const isChosen = view.chosen && view.chosen.lane === lane;
      pen.fillStyle = view.wanted && !lane.found ? looks.colours.faint : looks.colours.text;
      pen.font = `${isChosen ? "600 " : ""}12px system-ui, sans-serif`;
      pen.fillText(shortened(lane, NAMES - 14 - indent), indent, yOf(row) + ROW / 2);
    }
    pen.restore();
    pen.strokeStyle = looks.colours.rule; pen.lineWidth = 1;
    line(NAMES - 0.5, TOP, NAMES - 0.5, height);
  }

  function shortened(lane, room) {
    if (lane.shownIn === room) return lane.shown;
    lane.shownIn = room; lane.shown = lane.name;
    for (let left = 1; pen.measureText(lane.shown).width > room && left < lane.name.length; left++) {
      lane.shown = "…" + lane.name.slice(left);
    }
    return lane.shown;
  }

  function placeThumb() {
    const all = run.lanes.length * ROW, seen = height - TOP;
    byId("bar").hidden = all <= seen;
    byId("thumb").style.height = `${Math.min(seen / all, 1) * 100}%`;
    byId("thumb").style.top = `${view.top / all * 100}%`;
  }

  // -- words -----------------------------------------------------------------------------

  function timeText(seconds, step) {
    const digits = Math.min(Math.max(-Math.floor(Math.log10(step) + 1e-9), 0), 9);
    return `${seconds.toFixed(digits)} s`;
  }

  function lengthText(seconds) {
    if (seconds >= 1) return `${+seconds.toPrecision(4)} s`;
    if (seconds >= 1e-3) return `${+(seconds * 1e3).toPrecision(4)} ms`;
    return `${+(seconds * 1e6).toPrecision(4)} µs`;
  }

  function facts(lane, index) {
    const text = (name) => run.texts[lane[name][index]];
    const state = lane.state[index], wait = text("wait"), found = [];
    const runs = state === RUNNING;
    const step = lane.step[index];
    if (step) found.push([runs ? "step" : "after step", String(state === RUNNABLE || state === CANCELLED ? Math.max(step - 1, 0) : step)]);
    if (text("place")) found.push([runs ? "ended at" : "line", text("place")]);
    if (wait) found.push([runs ? "then in" : "waits in", wait]);
    if (text("why")) found.push(["woken by", wokenBy(lane, index, text("why"))]);
    found.push(["length", lengthText(lane.end[index] - lane.begin[index])]);
    found.push(["from", `${(run.begin + lane.begin[index]).toFixed(6)} s`]);
    if (index === lane.count - 1 && lane.outcome) found.push(["ended", lane.outcome]);
    return found;
  }

  function wokenBy(lane, index, why) {
    const arrow = arrowTo(lane, index);
    const by = arrow < 0 ? null : run.arrows.source[arrow];
    if (!by) return why;
    return why === "task" || why === "started" ? by.name : `${why}, ${by.name}`;
  }

  // -- who woke whom ---------------------------------------------------------------------

  // The arrow by which what a lane does at an index has come about; -1 for none.
  function arrowTo(lane, index) {
    if (lane.state[index] === BLOCKED || lane.state[index] === ASLEEP) return -1;
    const step = lane.step[index];
    let low = 0, high = lane.woken.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (run.arrows.step[lane.woken[middle]] < step) low = middle + 1; else high = middle;
    }
    const found = lane.woken[low];
    return found !== undefined && run.arrows.step[found] === step ? found : -1;
  }

  // The step of a task within which an arrow begins.
  function stepOf(arrow) {
    const lane = run.arrows.source[arrow];
    if (!lane) return null;
    const position = run.arrows.position[arrow];
    let index = firstAt(lane.last, lane.count, position);
    while (index < lane.count && lane.state[index] !== RUNNING) index++;
    return index < lane.count && lane.first[index] <= position ? { lane, index } : null;
  }

  function chainOf(place) {
    const chain = [];
    let { lane, index } = place;
    while (chain.length < LONGEST_CHAIN) {
      let arrow = arrowTo(lane, index);
      // A step that follows a checkpoint is woken by nobody: what counts is the wake before it.
      while (arrow < 0 && index > 0 && lane.state[index] !== BLOCKED && lane.state[index] !== ASLEEP) {
        arrow = arrowTo(lane, --index);
      }
      if (arrow < 0) break;
      const from = stepOf(arrow);
      chain.push({ arrow, from });
      if (!from) break;
      ({ lane, index } = from);
    }
    return chain;
  }

  function choose(place) {
    view.chosen = place;
    view.chain = place ? chainOf(place) : [];
    const before = detail.hidden;
    detail.hidden = !place;
    if (place) showDetail(place);
    if (before !== detail.hidden) resize();
    redraw();
  }

  function element(name, text, parent) {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    if (parent) parent.append(made);
    return made;
  }

  function showDetail({ lane, index }) {
    detail.replaceChildren();
    const close = element("button", "×", detail);
    close.className = "close"; close.type = "button"; close.ariaLabel = "Close";
    close.onclick = () => choose(null);
    element("h2", lane.name, detail);
    element("p", STATES[lane.state[index]], detail);
    const list = element("dl", "", detail);
    for (const [word, value] of facts(lane, index)) {
      element("dt", word, list); element("dd", value, list);
    }
    element("h2", view.chain.length ? "How it came to run" : "No task woke it", detail);
    const steps = element("ol", "", detail);
    for (const { arrow, from } of view.chain) {
      const item = element("li", "", steps), { arrows } = run;
      const verb = { spawn: "spawned", wake: "woke", cancel: "cancelled" }[ARROWS[arrows.kind[arrow]]];
      const who = arrows.source[arrow] ? arrows.source[arrow].name : "a task of Trio's";
      const button = element("button", `${who} ${verb} ${arrows.target[arrow].name}`, item);
      button.type = "button";
      button.disabled = !from;
      button.onclick = () => { show(from); choose(from); };
      const where = run.texts[arrows.place[arrow]];
      element("div", `${where ? `at ${where}, ` : ""}${(run.begin + arrows.time[arrow]).toFixed(6)} s`, item);
    }
  }

  // Move so that a place is seen.
  function show({ lane, index }) {
    const begin = begins(lane)[index], end = ends(lane)[index];
    if (begin < view.begin || end > view.end) {
      const length = Math.max(view.end - view.begin, (end - begin) * 1.2);
      const middle = (begin + end) / 2;
      look(middle - length / 2, middle + length / 2);
    }
    const y = lane.row * ROW;
    if (y < view.top || y + ROW > view.top + height - TOP) scrollTo(y - (height - TOP) / 2);
  }

  function placeAt(x, y) {
    if (y < TOP || x < NAMES) return null;
    const lane = run.lanes[Math.floor((y - TOP + view.top) / ROW)];
    if (!lane) return null;
    const near = 3 / scale(), value = valueAt(x);
    const from = begins(lane), to = ends(lane);
    const first = firstAt(to, lane.count, value - near), behind = firstAt(from, lane.count, value + near);
    let best = -1;
    for (let index = first; index < behind && index < first + 200; index++) {
      const inside = from[index] <= value && value <= to[index];
      const small = (to[index] - from[index]) * scale() < 6;
      if (small && lane.state[index] === RUNNING) return { lane, index };
      if (inside && (best < 0 || to[index] > from[index])) best = index;
    }
    return best < 0 ? null : { lane, index: best };
  }

  function showHover(x, y) {
    const place = placeAt(x, y);
    const lane = run.lanes[Math.floor((y - TOP + view.top) / ROW)];
    hover.hidden = !place && !(lane && x < NAMES && y > TOP);
    if (hover.hidden) return;
    hover.textContent = place
      ? [`${place.lane.name}: ${STATES[place.lane.state[place.index]]}`,
        ...facts(place.lane, place.index).map(([word, value]) => `${word}: ${value}`)].join("\n")
      : `${lane.name}${lane.outcome ? `, ${lane.outcome}` : ""}\n${lane.ran[lane.count]} steps`;
    const box = hover.getBoundingClientRect();
    hover.style.left = `${Math.max(Math.min(x + 14, width - box.width - 6), 4)}px`;
    hover.style.top = `${y + 18 + box.height > height ? Math.max(y - box.height - 10, 2) : y + 18}px`;
  }

  // -- search ----------------------------------------------------------------------------

  function search(text) {
    view.wanted = text.trim().toLowerCase();
    const matching = new Set();
    run.texts.forEach((each, index) => {
      if (view.wanted && each.toLowerCase().includes(view.wanted)) matching.add(index);
    });
    view.hits = [];
    for (const lane of run.lanes) {
      const named = view.wanted && lane.name.toLowerCase().includes(view.wanted);
      lane.found = Boolean(named);
      let index = named ? 0 : -1;
      if (!named && matching.size) {
        index = lane.place.findIndex((place, at) => matching.has(place) || matching.has(lane.wait[at]));
        lane.found = index >= 0;
      }
      if (lane.found) view.hits.push({ lane, index: Math.max(index, 0) });
    }
    view.hit = -1;
    const count = view.hits.length;
    byId("found").textContent = view.wanted ? `${count} ${count === 1 ? "task" : "tasks"}` : "";
    if (count) nextHit(1); else redraw();
  }

  function nextHit(by) {
    const count = view.hits.length;
    if (!count) return;
    view.hit = (view.hit + by + count) % count;
    const { lane, index } = view.hits[view.hit];
    const y = lane.row * ROW;
    if (y < view.top || y + ROW > view.top + height - TOP) scrollTo(y - (height - TOP) / 2);
    if (lane.count) show({ lane, index });
    redraw();
  }

  // -- what the user does ----------------------------------------------------------------

  function at(event) {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  let pressed = null;
  canvas.addEventListener("pointerdown", (event) => {
    const [x, y] = at(event);
    pressed = { x, y, begin: view.begin, end: view.end, top: view.top, moved: false };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    const [x, y] = at(event);
    if (!pressed) { showHover(x, y); return; }
    if (Math.abs(x - pressed.x) + Math.abs(y - pressed.y) > 4) pressed.moved = true;
    if (!pressed.moved) return;
    hover.hidden = true;
    canvas.classList.add("pressed");
    const by = (pressed.x - x) / scale();
    look(pressed.begin + by, pressed.end + by);
    scrollTo(pressed.top + pressed.y - y);
  });
  canvas.addEventListener("pointerup", (event) => {
    const wasMoved = pressed && pressed.moved;
    pressed = null;
    canvas.classList.remove("pressed");
    if (!wasMoved) choose(placeAt(...at(event)));
  });
  canvas.addEventListener("pointercancel", () => { pressed = null; });
  canvas.addEventListener("pointerleave", () => { hover.hidden = true; });
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    const size = event.deltaMode === 1 ? 16 : 1;
    const down = event.deltaY * size, right = event.deltaX * size;
    hover.hidden = true;
    if (event.ctrlKey || event.metaKey) {
      zoom(1.0016 ** down, at(event)[0]);
    } else {
      const along = event.shiftKey ? down || right : right;
      if (along) look(view.begin + along / scale(), view.end + along / scale());
      if (!event.shiftKey && down) scrollTo(view.top + down);
    }
  }, { passive: false });

  const KEYS = {
    "+": () => zoom(0.6), "=": () => zoom(0.6), "w": () => zoom(0.6),
    "-": () => zoom(1 / 0.6), "s": () => zoom(1 / 0.6), "f": fit, "0": fit,
    "ArrowLeft": () => pan(-0.15), "a": () => pan(-0.15),
    "ArrowRight": () => pan(0.15), "d": () => pan(0.15),
    "ArrowUp": () => scrollTo(view.top - 3 * ROW), "ArrowDown": () => scrollTo(view.top + 3 * ROW),
    "PageUp": () => scrollTo(view.top - height + TOP), "PageDown": () => scrollTo(view.top + height - TOP),
    "/": () => byId("search").focus(), "Escape": () => choose(null),
  };

  function pan(share) {
    const by = (view.end - view.begin) * share;
    look(view.begin + by, view.end + by);
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select")) return;
    const act = KEYS[event.key];
    if (act) { event.preventDefault(); act(); }
  });
  byId("search").addEventListener("input", (event) => search(event.target.value));
  byId("search").addEventListener("keydown", (event) => {
    if (event.key === "Enter") nextHit(event.shiftKey ? -1 : 1);
    if (event.key === "Escape") { event.target.value = ""; search(""); canvas.focus(); }
  });
  byId("in").onclick = () => zoom(0.5);
  byId("out").onclick = () => zoom(2);
  byId("fit").onclick = fit;

  function setScale(bySteps) {
    view.bySteps = bySteps;
    byId("by-time").ariaPressed = String(!bySteps);
    byId("by-step").ariaPressed = String(bySteps);
    fit();
  }
  byId("by-time").onclick = () => setScale(false);
  byId("by-step").onclick = () => setScale(true);

  function setRun(index) {
    run = runs[index];
    view.top = 0;
    choose(null);
    const tasks = run.lanes.length;
    const counted = `${run.steps.toLocaleString("en")} steps of ${tasks.toLocaleString("en")} ${tasks === 1 ? "task" : "tasks"}`;
    byId("facts").textContent = `${counted}, ${lengthText(run.length)}${run.complete ? "" : "; what was before is not kept"}`;
    search(byId("search").value);
    fit();
  }

  function resize() {
    const box = stage.getBoundingClientRect();
    width = box.width; height = box.height; ratio = window.devicePixelRatio || 1;
    canvas.width = Math.round(width * ratio); canvas.height = Math.round(height * ratio);
    readLooks();
    scrollTo(view.top);
  }

  function drawKey() {
    const key = byId("key");
    key.replaceChildren();
    STATES.forEach((state, index) => {
      const item = element("span", "", key), sample = element("canvas", "", item);
      sample.width = 26 * ratio; sample.height = 16 * ratio;
      sample.style.cssText = "position:static;width:26px;height:16px;cursor:default";
      const brush = sample.getContext("2d");
      brush.scale(ratio, ratio);
      brush.fillStyle = looks.fills[index];
      brush.fillRect(0, 8 - HEIGHTS[index] / 2, 26, HEIGHTS[index]);
      item.append(state);
    });
    for (const [sign, word, colour] of [["↓", "spawn", "spawn"], ["↓", "wake", "wake"],
      ["↓", "cancel", "cancel"], ["○", "deadline", "cancelled"], ["✕", "cancellation", "cancelled"]]) {
      const item = element("span", "", key), mark = element("b", sign, item);
      mark.style.color = `var(--${colour})`;
      item.append(word);
    }
  }

  function newLooks() { readLooks(); drawKey(); redraw(); }

  // For tests, and for a closer look from the console.
  const timeline = window.timeline = {
    view, runs, draw, look, fit, choose, placeAt, xOf, yOf, lastDraw: 0, arrowsHidden: false,
    get run() { return run; },
  };

  document.title = given.title;
  byId("title").textContent = given.title;
  const choice = byId("run");
  runs.forEach((each, index) => choice.add(new Option(each.title, String(index))));
  choice.hidden = runs.length < 2;
  choice.onchange = () => setRun(Number(choice.value));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", newLooks);
  new ResizeObserver(resize).observe(stage);
  resize();
  drawKey();
  setRun(0);
})();
