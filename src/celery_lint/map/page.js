"use strict";
(() => {
  const chart = JSON.parse(document.getElementById("chart").textContent);
  const words = JSON.parse(document.getElementById("states").textContent);
  const main = document.getElementById("main");
  const detail = document.getElementById("detail");
  const search = document.getElementById("search");
  const SEVERITIES = ["error", "warning", "information"];
  const chosen = { view: "Map", text: "", findings: false, abandoned: false, home: "", state: "", task: "" };
  const byName = new Map(chart.tasks.map((task) => [task.name, task]));

  // Elements are made of text, never of markup, so that nothing of the project is read as such.
  function make(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (name === "click") element.addEventListener("click", value);
      else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children.flat(9).filter((child) => child !== null && child !== undefined && child !== ""));
    return element;
  }

  // Long names may break behind their joints.
  const soft = (text) => String(text).split(/(?<=[_./])/).flatMap((part, index) => (index ? [document.createElement("wbr"), part] : [part]));
  // What stands in backticks is code.
  const prose = (text) => text.split("`").map((part, index) => (index % 2 ? make("code", {}, soft(part)) : part));
  const last = (name) => name.slice(name.lastIndexOf(".") + 1);
  const module = (name) => name.slice(0, Math.max(0, name.lastIndexOf(".")));
  const counted = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;
  const at = (item) => `${item.path}:${item.line}`;
  const dot = (state) => make("i", { class: `dot ${state}`, "aria-hidden": "true" });

  // What is found around a task: in it, where it is sent, and in the schedule.
  function around(task) {
    const numbers = new Set(task.findings);
    for (const number of task.dispatches) chart.dispatches[number].findings.forEach((each) => numbers.add(each));
    for (const number of task.schedules) chart.schedules[number].findings.forEach((each) => numbers.add(each));
    return [...numbers].sort((one, other) => one - other).map((number) => chart.findings[number]);
  }
  const found = new Map(chart.tasks.map((task) => [task, around(task)]));
  const texts = new Map(chart.tasks.map((task) => [task, textOf(task)]));

  function textOf(task) {
    const sent = task.dispatches.map((number) => chart.dispatches[number]);
    const timed = task.schedules.map((number) => chart.schedules[number]);
    const parts = [task.name, task.path, ...task.queues, ...sent.flatMap((each) => [each.path, each.function])];
    return [...parts, ...timed.map((each) => each.name), ...found.get(task).map((each) => each.code)].join("\n").toLowerCase();
  }

  function worst(findings) {
    return SEVERITIES.find((severity) => findings.some((finding) => finding.severity === severity));
  }

  function badge(findings) {
    const severity = worst(findings);
    return severity ? make("span", { class: `pill ${severity}` }, counted(findings.length, "finding")) : null;
  }

  const matches = (text) => chosen.text.split(/\s+/).every((word) => text.includes(word));
  const abandoned = new Set(chart.queues.filter((queue) => queue.state === "without worker").map((queue) => `${queue.home}\n${queue.name}`));

  function isShown(task) {
    if (chosen.home && task.home !== chosen.home.slice(1)) return false;
    if (chosen.findings && !found.get(task).length) return false;
    if (chosen.abandoned && !task.queues.some((queue) => abandoned.has(`${task.home}\n${queue}`))) return false;
    if (chosen.state && !task.dispatches.some((number) => chart.dispatches[number].transaction === chosen.state)) return false;
    return matches(texts.get(task));
  }

  // The map: a lane for each queue

  function card(task, queue) {
    const states = new Map();
    const here = (item) => queue === undefined || item.queue === queue;
    const timed = task.schedules.filter((number) => here(chart.schedules[number])).length;
    for (const number of task.dispatches) {
      const state = chart.dispatches[number].transaction;
      if (!here(chart.dispatches[number])) continue;
      states.set(state, (states.get(state) || 0) + 1);
    }
    const order = Object.keys(words).filter((state) => states.has(state));
    return make(
      "button",
      { class: `card${chosen.task === task.name ? " open-now" : ""}`, type: "button", "data-task": task.name, click: () => open(task.name) },
      make("span", { class: "name" }, soft(last(task.name))),
      make("span", { class: "module", title: task.name }, module(task.name) || task.path),
      make(
        "span",
        { class: "row" },
        order.map((state) => make("span", { class: "state", title: words[state] }, dot(state), String(states.get(state)))),
        timed ? make("span", { class: "pill beat", title: "Beat sends it by the clock" }, timed > 1 ? `Beat ×${timed}` : "Beat") : null,
        task.dispatches.length || task.schedules.length ? null : "not seen to be sent",
        badge(found.get(task)),
      ),
    );
  }

  function lane(head, tasks, queue) {
    return make("section", { class: "lane" }, head, make("div", { class: "cards" }, tasks.map((task) => card(task, queue))));
  }

  function queueHead(queue) {
    const workers = queue.workers.map((number) => chart.workers[number]);
    const names = [...new Map(workers.map((worker) => [worker.name, worker])).values()];
    const states = { consumed: counted(workers.length, "worker"), "without worker": "no worker", unused: "nothing sent here", unknown: "no worker known" };
    return make(
      "header",
      {},
      make("h2", {}, soft(queue.name)),
      make("p", { class: "note" }, several && queue.home ? queue.home : ""),
      make("span", { class: `pill ${queue.state.replace(" ", "-")}` }, states[queue.state]),
      queue.is_default ? make("span", { class: "pill" }, "default") : null,
      queue.is_declared && !queue.is_default ? make("span", { class: "pill" }, "declared") : null,
      codes(queue.findings),
      make("ul", { class: "consumers" }, names.map((worker) => make("li", {}, make("button", { type: "button", title: at(worker), click: () => show("Workers", worker.name) }, soft(worker.name), worker.environment === "production" ? "" : ` (${worker.environment})`)))),
    );
  }

  function plainHead(title, note) {
    return make("header", {}, make("h2", { class: "plain" }, title), make("p", { class: "note" }, note));
  }

  const settings = new Set(chart.schedules.map((each) => each.environment));
  const several = new Set(chart.apps.map((app) => app.home)).size > 1;

  function map() {
    const shown = chart.tasks.filter(isShown);
    const parts = [legend()];
    const empty = [];
    for (const queue of chart.queues) {
      if (chosen.home && queue.home !== chosen.home.slice(1)) continue;
      if (chosen.abandoned && queue.state !== "without worker") continue;
      const tasks = shown.filter((task) => task.home === queue.home && task.queues.includes(queue.name));
      const isNamed = matches(queue.name.toLowerCase()) && !chosen.findings && !chosen.state;
      if (tasks.length) parts.push(lane(queueHead(queue), tasks, queue.name));
      else if (isNamed) empty.push(make("div", { class: "quiet" }, queueHead(queue)));
    }
    if (empty.length) parts.push(make("section", { class: "lane" }, plainHead("Other queues", "No task of the project is seen to be sent there."), make("div", { class: "cards" }, empty)));
    const lost = shown.filter((task) => task.queues.includes(null));
    if (lost.length) parts.push(lane(plainHead("Queue not known", "The queue of some message is computed, or settings are not seen."), lost, null));
    const idle = shown.filter((task) => !task.queues.length);
    if (idle.length) parts.push(lane(plainHead("Not seen to be sent", "No dispatch or schedule of the project names them."), idle));
    if (parts.length === 1) parts.push(make("p", { class: "empty" }, "Nothing fits the search and the filters."));
    return parts;
  }

  function legend() {
    const present = Object.keys(words).filter((state) => chart.dispatches.some((each) => each.transaction === state));
    return make(
      "div",
      { class: "legend", role: "group", "aria-label": "How tasks are sent" },
      present.map((state) =>
        make("button", { type: "button", "aria-pressed": String(chosen.state === state), click: () => pick("state", chosen.state === state ? "" : state) }, dot(state), words[state]),
      ),
    );
  }

  // Tables

  function table(heads, rows) {
    if (!rows.length) return make("p", { class: "empty" }, "Nothing fits the search and the filters.");
    const body = rows.map((row) => make("tr", {}, row.map((cell) => make("td", {}, cell))));
    return make("div", { class: "scroll" }, make("table", {}, make("thead", {}, make("tr", {}, heads.map((head) => make("th", { scope: "col" }, head)))), make("tbody", {}, body)));
  }

  const link = (name) => (byName.has(name) ? make("button", { class: "link mono", type: "button", click: () => open(name) }, soft(name)) : make("span", { class: "mono" }, name || "not known"));
  const mono = (text) => make("span", { class: "mono" }, soft(text));
  const where = (...parts) => make("div", { class: "where" }, parts.filter((part) => part).map((part, index) => [index ? " · " : null, soft(part)]));
  const codes = (numbers) => [...new Map(numbers.map((number) => [chart.findings[number].code, number])).values()].map((number) => make("span", { class: `pill ${chart.findings[number].severity}`, title: chart.findings[number].message }, chart.findings[number].code));
  const queueOf = (item) => (item.queue === null ? "not known" : mono(item.queue));

  function fits(item, ...parts) {
    const task = byName.get(item.task);
    if (chosen.home && task && task.home !== chosen.home.slice(1)) return false;
    if (chosen.findings && !item.findings.length) return false;
    if (chosen.state && item.transaction !== chosen.state) return false;
    if (chosen.abandoned && !(task && abandoned.has(`${task.home}\n${item.queue}`))) return false;
    return matches(parts.join("\n").toLowerCase());
  }

  const views = {
    Map: map,
    Dispatches: () => [
      legend(),
      table(
        ["Task", "Sent by", "How", "Transaction", "Queue", "Findings"],
        chart.dispatches
          .filter((each) => fits(each, each.task, each.function, each.path, each.queue))
          .map((each) => [
            link(each.task),
            [mono(each.function), where(at(each))],
            make("span", { class: "mono" }, each.how),
            [make("span", { class: "state" }, dot(each.transaction), words[each.transaction])],
            queueOf(each),
            codes(each.findings),
          ]),
      ),
    ],
    Schedules: () => [
      table(
        ["Entry", "Task", "When", "Queue", ...(settings.size > 1 ? ["Settings"] : []), "Findings"],
        chart.schedules
          .filter((each) => !chosen.state && fits(each, each.name, each.task, each.path, each.queue))
          .map((each) => [[mono(each.name), where(at(each))], link(each.task), mono(each.when), queueOf(each), ...(settings.size > 1 ? [mono(each.environment)] : []), codes(each.findings)]),
      ),
    ],
    Workers: () => [
      table(
        ["Worker", "For", "Queues", "Pool", "At a time", "Findings"],
        chart.workers
          .filter((each) => !chosen.state && !chosen.abandoned && fits(each, each.name, each.path, ...(each.queues || []), each.environment))
          .map((each) => [
            [mono(each.name), where(at(each))],
            each.environment,
            each.queues === null ? "not known" : each.queues.map((queue) => make("span", { class: "pill mono" }, queue)),
            each.pool || "",
            each.concurrency === null ? "" : String(each.concurrency),
            codes(each.findings),
          ]),
      ),
    ],
    Findings: () => [
      table(
        ["Code", "What", "Where"],
        chart.findings
          .filter((each) => matches([each.code, each.name, each.message, each.path].join("\n").toLowerCase()))
          .map((each) => [make("span", { class: `pill ${each.severity}`, title: each.name }, each.code), prose(each.message), where(at(each))]),
      ),
    ],
  };

  // The details of a task

  function open(name) {
    chosen.task = name;
    history.replaceState(null, "", `#${encodeURIComponent(name)}`);
    describe();
    for (const each of main.querySelectorAll(".card")) each.classList.toggle("open-now", each.dataset.task === name);
    detail.querySelector(".close").focus({ preventScroll: true });
  }

  function close() {
    if (detail.hidden) return;
    const name = chosen.task;
    chosen.task = "";
    detail.hidden = true;
    history.replaceState(null, "", location.pathname + location.search);
    for (const each of main.querySelectorAll(".open-now")) each.classList.remove("open-now");
    const back = [...main.querySelectorAll(".card")].find((each) => each.dataset.task === name);
    (back || main).focus({ preventScroll: true });
  }

  function section(title, items) {
    return items.length ? [make("h3", {}, title), make("ul", {}, items)] : [];
  }

  function describe() {
    const task = byName.get(chosen.task);
    detail.hidden = !task;
    if (!task) return;
    const sent = task.dispatches.map((number) => chart.dispatches[number]);
    const timed = task.schedules.map((number) => chart.schedules[number]);
    const workers = chart.workers.filter((worker) => worker.queues && [task.home, null].includes(worker.home) && task.queues.some((queue) => worker.queues.includes(queue)));
    detail.replaceChildren(
      make("button", { class: "icon close", type: "button", "aria-label": "Close", title: "Close (Esc)", click: close }, "×"),
      make("h2", {}, soft(task.name)),
      where(at(task)),
      ...section("Findings", found.get(task).map((finding) => make("li", { class: `finding ${finding.severity}` }, make("b", {}, finding.code), " ", prose(finding.message), where(at(finding))))),
      ...section(
        sent.length ? `Sent by (${sent.length})` : "Sent by",
        sent.length || timed.length
          ? sent.map((each) =>
              make(
                "li",
                {},
                mono(each.function || each.path),
                where(at(each), each.how),
                make("span", { class: "state" }, dot(each.transaction), words[each.transaction]),
                each.opened ? where(each.opened) : null,
                each.queue ? where(`to ${each.queue}, by the ${each.decided_by}`) : null,
              ),
            )
          : [make("li", {}, "Nothing is seen to send it.")],
      ),
      ...section("Beat", timed.map((each) => make("li", {}, mono(each.name), where(each.when, at(each)), each.queue ? where(`to ${each.queue}`) : null))),
      ...section("Queues", task.queues.map((queue) => make("li", {}, queue === null ? "one that is not known" : mono(queue)))),
      ...section("Workers", workers.map((worker) => make("li", {}, mono(worker.name), where(at(worker), worker.environment)))),
    );
  }

  // The frame

  function draw() {
    main.replaceChildren(...views[chosen.view]());
    for (const tab of document.querySelectorAll("[role=tab]")) {
      const selected = tab.dataset.view === chosen.view;
      tab.setAttribute("aria-selected", String(selected));
      tab.tabIndex = selected ? 0 : -1;
    }
    for (const button of document.querySelectorAll("#filters button")) button.setAttribute("aria-pressed", String(chosen[button.dataset.filter]));
  }

  function pick(name, value) {
    chosen[name] = value;
    draw();
  }

  function show(view, text) {
    chosen.view = view;
    if (text !== undefined) {
      search.value = text;
      chosen.text = text.trim().toLowerCase();
    }
    draw();
  }

  function header() {
    const counts = document.getElementById("counts");
    const number = (value, noun, kind) => make("li", { class: kind || "" }, make("b", {}, String(value)), make("span", {}, value === 1 ? noun.replace(/(?<=patch)es|s$/, "") : noun));
    const severities = SEVERITIES.map((severity) => [chart.findings.filter((each) => each.severity === severity).length, severity]);
    counts.append(
      number(chart.tasks.length, "tasks"),
      number(chart.dispatches.length, "dispatches"),
      number(chart.schedules.length, "schedules"),
      number(chart.queues.length, "queues"),
      number(chart.workers.length, "workers"),
      ...severities.filter(([count]) => count).map(([count, severity]) => number(count, { error: "errors", warning: "warnings", information: "notes" }[severity], severity)),
    );
    const apps = chart.apps.length === 1 ? `app in ${chart.apps[0].path}` : counted(chart.apps.length, "app");
    document.getElementById("subtitle").textContent = `${chart.celery ? `Celery ${chart.celery}` : "Celery of unknown release"} · ${apps}`;
    const toggles = [["findings", "With findings", chart.findings.length], ["abandoned", "Queue without worker", abandoned.size]];
    for (const [name, title, count] of toggles) {
      if (count) document.getElementById("filters").append(make("button", { type: "button", "data-filter": name, "aria-pressed": "false", click: () => pick(name, !chosen[name]) }, title));
    }
    const homes = [...new Set(chart.tasks.map((task) => task.home))].sort();
    if (homes.length > 1) {
      const select = make("select", { "aria-label": "Django project" }, make("option", { value: "" }, "All projects"), homes.map((home) => make("option", { value: `=${home}` }, home || "(top)")));
      select.addEventListener("change", () => pick("home", select.value));
      document.getElementById("filters").append(select);
    }
    const sizes = { Map: 1, Dispatches: chart.dispatches.length, Schedules: chart.schedules.length, Workers: chart.workers.length, Findings: chart.findings.length };
    document.getElementById("tabs").append(
      ...Object.keys(views).filter((view) => sizes[view]).map((view) => make("button", { type: "button", role: "tab", "data-view": view, "aria-controls": "main", click: () => show(view) }, view)),
    );
  }

  function theme(name) {
    document.documentElement.dataset.theme = name;
    document.getElementById("theme").textContent = name === "dark" ? "☀" : "☾";
  }

  function step(from, selector, by) {
    const all = [...document.querySelectorAll(selector)];
    const next = all[all.indexOf(from) + by];
    if (next) next.focus();
    return next;
  }

  function onKey(event) {
    const target = event.target;
    const isTyping = target === search || target.tagName === "SELECT";
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      if (target === search && search.value) show(chosen.view, "");
      else if (target === search) search.blur();
      else close();
    } else if (event.key === "/" && !isTyping) {
      event.preventDefault();
      search.focus();
      search.select();
    } else if (event.key === "t" && !isTyping) {
      document.getElementById("theme").click();
    } else if (target.matches("[role=tab]") && ["ArrowLeft", "ArrowRight"].includes(event.key)) {
      const next = step(target, "[role=tab]", event.key === "ArrowRight" ? 1 : -1);
      if (next) next.click();
    } else if (target.matches(".card") && event.key.startsWith("Arrow")) {
      event.preventDefault();
      step(target, ".card", ["ArrowRight", "ArrowDown"].includes(event.key) ? 1 : -1);
    } else if (target === search && event.key === "ArrowDown") {
      event.preventDefault();
      main.querySelector(".card, .link")?.focus();
    }
  }

  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  theme(dark.matches ? "dark" : "light");
  dark.addEventListener("change", (event) => theme(event.matches ? "dark" : "light"));
  document.getElementById("theme").addEventListener("click", () => theme(document.documentElement.dataset.theme === "dark" ? "light" : "dark"));
  search.addEventListener("input", () => pick("text", search.value.trim().toLowerCase()));
  document.addEventListener("keydown", onKey);
  chosen.task = byName.has(decodeURIComponent(location.hash.slice(1))) ? decodeURIComponent(location.hash.slice(1)) : "";
  header();
  draw();
  describe();
})();
