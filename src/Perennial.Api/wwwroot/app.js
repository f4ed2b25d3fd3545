"use strict";
// Everything shown comes from the public API; text is set as text, never as markup.
const get = async path => (await fetch(path)).json();
const el = (tag, text, attributes = {}) => {
  const node = document.createElement(tag);
  if (text !== undefined && text !== null) node.textContent = text;
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
};
const day = time => time ? time.slice(0, 10) : "";
const link = (text, href) => el("a", text, { href });

const badge = text => el("span", text, { class: `badge ${text}` });

const facts = pairs => {
  const list = el("dl");
  for (const [term, value, kind] of pairs) {
    const group = el("div");
    group.append(el("dt", term), el("dd", value, kind ? { class: kind } : {}));
    list.append(group);
  }
  return list;
};

const table = (headers, rows) => {
  if (!rows.length) return el("p", "None yet.", { class: "quiet" });
  const body = el("table");
  const head = el("tr");
  headers.forEach(header => head.append(el("th", header)));
  body.append(head);
  for (const row of rows) {
    const line = el("tr");
    for (const cell of row) {
      const field = el("td");
      field.append(cell instanceof Node ? cell : document.createTextNode(cell ?? ""));
      line.append(field);
    }
    body.append(line);
  }
  const scroll = el("div", null, { class: "scroll" });
  scroll.append(body);
  return scroll;
};

const show = async model => {
  const path = `api/models/${model}`;
  const [status, runs, versions, passes] = await Promise.all([
    get(path), get(`${path}/runs?take=10`), get(`${path}/versions`), get(`${path}/monitor/reports?take=10`)]);
  const card = el("article");
  card.append(el("h2", model));
  card.append(facts([
    ["Champion", status.champion ? `version ${status.champion.version}` : "none yet"],
    ["Challenger", status.challenger ? `version ${status.challenger.version}` : "none"],
    ["Run", status.activeRun ? `${status.activeRun.id} (${status.activeRun.stages.at(-1)?.name ?? "starting"})` : "none in progress"],
    ["Data", status.dataset ? `${status.dataset.rows.toLocaleString("en")} rows` : "none yet"],
    ["Next monitor pass", day(status.nextPassAt)],
    ["Open alerts", status.openAlerts.length ? status.openAlerts.map(a => a.message).join(" ") : "none", status.openAlerts.length ? "alert" : ""],
  ]));
  card.append(el("h3", "Versions"), table(["version", "state", "since", "why"],
    versions.toReversed().map(v => [String(v.version), badge(v.state), day(v.createdAt), v.reason])));
  card.append(el("h3", "Runs"), table(["run", "status", "started", "conclusion"],
    runs.map(r => [r.report ? link(r.id, `api/runs/${r.id}/report.html`) : r.id, badge(r.status), day(r.startedAt), r.conclusion ?? r.failure?.message])));
  card.append(el("h3", "Monitor passes"), table(["pass", "when", "rows", "labelled", "what it said"],
    passes.map(p => [link(p.id, `${path}/monitor/reports/${p.id}/report.html`), day(p.at), String(p.rows), String(p.labelledRows), p.retraining])));
  return card;
};

// What the host itself has to tell: it serves on, but not all of it.
const trouble = health => {
  const told = [];
  if (health.standsStill) told.push(`Runs, rollouts and monitors stand still. ${health.standsStill}`);
  const log = health.predictionLog;
  if (!log.logging) told.push(`Predictions are answered but not logged since ${log.since.slice(0, 16).replace("T", " ")} UTC, ${log.unlogged.toLocaleString("en")} so far. ${log.reason}`);
  else if (log.unlogged) told.push(`${log.unlogged.toLocaleString("en")} predictions were answered and not logged since the host started; they are logged again.`);
  return told.map(text => el("p", text, { class: "alert" }));
};

const refresh = async () => {
  const main = document.getElementById("models");
  try {
    const [health, models] = await Promise.all([get("api/health"), get("api/models")]);
    document.getElementById("host").textContent = `version ${health.version}, time ${health.time.slice(0, 16).replace("T", " ")} UTC${health.busy ? ", working" : ""}`;
    document.getElementById("trouble").replaceChildren(...trouble(health));
    const cards = await Promise.all(models.map(model => show(model.name)));
    main.replaceChildren(...(cards.length ? cards : [el("p", "No model yet: perennial init data.csv, then perennial run data.csv.", { class: "quiet" })]));
  } catch (error) {
    main.replaceChildren(el("p", `The host does not answer: ${error}`, { class: "alert" }));
  }
  setTimeout(refresh, 3000);
};
refresh();
