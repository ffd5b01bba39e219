import { texts } from "./texts.js";

const $ = (id) => document.getElementById(id);
let language = localStorage.getItem("language") ?? (navigator.language.startsWith("de") ? "de" : "en");
let key = sessionStorage.getItem("key");
let settings = { needsKeys: false };
let nextPage = null;
let models = null;

function text(name, values = {}) {
  return texts[language][name].replace(/\{(\w+)\}/g, (_, part) => values[part]);
}

// Elements with text content alone: nothing that a file says is ever read as HTML.
function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in made) made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

function translate() {
  document.documentElement.lang = language;
  $("language").value = language;
  for (const node of document.querySelectorAll("[data-text]")) node.textContent = text(node.dataset.text);
}

function show(message) {
  $("message").textContent = message ?? "";
  $("message").hidden = !message;
}

/// Takes a key for this tab, or none: nothing of what another one showed stays.
function signIn(newKey) {
  key = newKey;
  if (key) sessionStorage.setItem("key", key); else sessionStorage.removeItem("key");
  $("key-form").hidden = !settings.needsKeys || key !== null;
  $("sign-out").hidden = !settings.needsKeys || key === null;
  $("key").value = "";
  for (const id of ["answers", "results", "review-item"]) $(id).replaceChildren();
  $("more").hidden = true;
}

class Problem extends Error {}

async function ask(path, options = {}) {
  const headers = { ...options.headers };
  if (key) headers.Authorization = `Bearer ${key}`;
  let response;
  try {
    response = await fetch(path, { ...options, headers });
  } catch {
    throw new Problem(text("network"));
  }
  if (response.status === 401) {
    signIn(null);
    throw new Problem(text("keyWrong"));
  }
  if (!response.ok) {
    const problem = await response.json().catch(() => ({}));
    throw new Problem(problem.detail ?? response.statusText);
  }
  return response;
}

// MARK: One result

function verdictOf(result) { return result.verdict ?? "none"; }

async function loadModels() {
  models ??= new Map((await (await ask("/v1/models")).json()).models.map((model) => [model.name, model]));
}

// The scores of which nothing is said have a colour of their own: a high score alone is no verdict.
function band(result) {
  if (typeof result.score !== "number") return null;
  const label = text("scoreText", { score: result.score.toFixed(3) });
  const strip = element("div", { className: "band", role: "img", "aria-label": label });
  const [low, high] = models.get(result.model)?.unsure ?? [0, 1];
  for (const [name, share] of [["real", low], ["unsure", high - low], ["fake", 1 - high]]) {
    const part = element("b", { className: `zone-${name}` });
    part.style.width = `${share * 100}%`;
    strip.append(part);
  }
  const mark = element("i");
  mark.style.left = `${(result.score * 100).toFixed(1)}%`;
  strip.append(mark);
  return element("div", {}, strip,
    element("div", { className: "scale" }, element("span", {}, text("bandReal")), element("span", {}, label), element("span", {}, text("bandFake"))));
}

function evidence(result) {
  const statements = result.examination.evidence.statements ?? [];
  const list = element("ul", {}, ...statements.map((item) =>
    element("li", {}, `${item.text ?? item.claim} (${text("strength", { strength: item.strength })})`)));
  return element("details", { open: statements.length > 0 },
    element("summary", {}, text("evidence")),
    result.examination.agreement === "conflict" ? element("p", { className: "fake" }, text("conflict")) : null,
    statements.length ? list : element("p", { className: "quiet" }, text("noEvidence")));
}

function picture(source) {
  return source
    ? element("figure", {}, element("img", { src: source, alt: text("picture") }))
    : element("figure", {}, element("div", { className: "none" }, text("noPicture")));
}

function card(result, { source = null, file = null } = {}) {
  const verdict = verdictOf(result);
  const figure = picture(source);
  const image = figure.querySelector("img");
  if (image && file) image.addEventListener("error", () => showThumbnail(file, figure), { once: true });
  const reasons = (result.examination.classification.unsureReasons ?? []).map((reason) => element("li", {}, reason.message));
  const article = element("article", {},
    figure,
    element("div", {},
      element("h2", { className: verdict }, text(`verdict-${verdict}`)),
      element("p", { className: "name" }, [result.name, result.cached ? text("cached") : null].filter(Boolean).join(" · ")),
      element("p", {}, text(`meaning-${verdict}`)),
      reasons.length ? element("ul", {}, ...reasons) : null,
      band(result),
      evidence(result),
      result.review ? element("p", {}, text("decided", { decision: text(`verdict-${result.review.decision}`) }), result.review.note ? `: ${result.review.note}` : "") : null,
      element("div", { className: "actions" },
        file ? button(text("map"), () => showMap(file, figure)) : null,
        file ? button(text("report"), () => download(file, "/v1/reports", "report.html")) : null,
        file ? button(text("receipt"), () => download(file, "/v1/receipts", "receipt.json")) : null,
        button(text("remove"), () => remove(result, article)))));
  article.dataset.state = verdict;
  article.dataset.id = result.id;
  return article;
}

function button(label, action) {
  const made = element("button", { type: "button" }, label);
  made.addEventListener("click", async () => {
    made.disabled = true;
    try { await action(); show(null); } catch (error) { show(error.message); } finally { made.disabled = false; }
  });
  return made;
}

/// Of formats that the browser does not show, the server makes a picture.
async function showThumbnail(file, figure) {
  try {
    const response = await ask("/v1/thumbnails", { method: "POST", body: file, headers: { "Content-Type": "application/octet-stream" } });
    figure.querySelector("img").src = URL.createObjectURL(await response.blob());
  } catch { figure.replaceChildren(...picture(null).children); }
}

async function showMap(file, figure) {
  const response = await ask("/v1/maps", { method: "POST", body: file, headers: { "Content-Type": "application/octet-stream" } });
  figure.replaceChildren(
    element("img", { src: URL.createObjectURL(await response.blob()), alt: text("mapAlt") }),
    element("figcaption", { className: "quiet" }, text("mapCaution")));
}

async function download(file, path, ending) {
  const response = await ask(`${path}?name=${encodeURIComponent(file.name)}`, { method: "POST", body: file, headers: { "Content-Type": "application/octet-stream" } });
  const link = element("a", { href: URL.createObjectURL(await response.blob()), download: `${file.name}.${ending}` });
  link.click();
  URL.revokeObjectURL(link.href);
}

async function remove(result, article) {
  await ask(`/v1/results/${result.id}`, { method: "DELETE" });
  article.replaceWith(element("p", { role: "status" }, text("removed")));
}

async function thumbnail(result) {
  if (!result.thumbnail) return null;
  const response = await ask(result.thumbnail);
  return URL.createObjectURL(await response.blob());
}

// MARK: Checking files

async function check(files) {
  show(null);
  const list = [...files];
  try { await loadModels(); } catch (error) { show(error.message); return; }
  let done = 0;
  $("bar").hidden = list.length < 2;
  const report = () => {
    $("bar").value = done / list.length;
    $("progress").textContent = done < list.length ? text("working", { done, count: list.length }) : text("finished", { count: list.length });
  };
  report();
  const keep = $("keep").checked ? "&keep=thumbnail" : "";
  // Two at a time: the server has its own queue, and the answers come in the order of the files.
  const slots = list.map(() => element("div"));
  $("answers").prepend(...slots);
  let next = 0;
  const worker = async () => {
    while (next < list.length) {
      const index = next++;
      const file = list[index];
      try {
        const response = await ask(`/v1/images?name=${encodeURIComponent(file.name)}${keep}`, { method: "POST", body: file, headers: { "Content-Type": "application/octet-stream" } });
        const result = await response.json();
        slots[index].replaceWith(card(result, { source: URL.createObjectURL(file), file }));
      } catch (error) {
        const article = element("article", { className: "problem" }, picture(null),
          element("div", {}, element("h2", {}, text("failed")), element("p", { className: "name" }, file.name), element("p", {}, error.message)));
        article.dataset.state = "problem";
        slots[index].replaceWith(article);
      }
      done += 1;
      report();
    }
  };
  await Promise.all([worker(), worker()]);
  $("bar").hidden = true;
  document.body.dataset.state = "done";
}

// MARK: History and reviews

async function history(isMore) {
  await loadModels();
  if (!isMore) { nextPage = null; $("results").replaceChildren(); }
  const query = new URLSearchParams({ limit: "20" });
  if (nextPage !== null) query.set("before", nextPage);
  if ($("filter-verdict").value) query.set("verdict", $("filter-verdict").value);
  if ($("filter-reviewed").value) query.set("reviewed", $("filter-reviewed").value);
  const page = await (await ask(`/v1/results?${query}`)).json();
  for (const result of page.results) $("results").append(card(result, { source: await thumbnail(result) }));
  if (!isMore && page.results.length === 0) $("results").append(element("p", {}, text("empty")));
  nextPage = page.next;
  $("more").hidden = nextPage === null;
}

async function nextReview() {
  const response = await ask("/v1/reviews/next", { method: "POST" });
  if (response.status === 204) {
    $("review-item").replaceChildren(element("p", { role: "status" }, text("reviewEmpty")));
    return;
  }
  await loadModels();
  const result = await response.json();
  const article = card(result, { source: await thumbnail(result) });
  const decide = (decision) => button(text(`verdict-${decision}`), async () => {
    await ask(`/v1/results/${result.id}/reviews`, { method: "POST", body: JSON.stringify({ decision }), headers: { "Content-Type": "application/json" } });
    await nextReview();
  });
  article.querySelector(".actions").replaceChildren(decide("real"), decide("fake"), decide("unsure"));
  $("review-item").replaceChildren(article);
}

function open(view) {
  for (const name of ["check", "history", "review"]) {
    $(`view-${name}`).hidden = name !== view;
    if (name === view) $(`tab-${name}`).setAttribute("aria-current", "page");
    else $(`tab-${name}`).removeAttribute("aria-current");
  }
  show(null);
  if (view === "history") history(false).catch((error) => show(error.message));
}

// MARK: Events

for (const name of ["check", "history", "review"]) $(`tab-${name}`).addEventListener("click", () => open(name));
$("files").addEventListener("change", (event) => { check(event.target.files); event.target.value = ""; });
$("more").addEventListener("click", () => history(true).catch((error) => show(error.message)));
$("filters").addEventListener("change", () => history(false).catch((error) => show(error.message)));
$("next-review").addEventListener("click", () => nextReview().catch((error) => show(error.message)));
$("language").addEventListener("change", (event) => {
  language = event.target.value;
  localStorage.setItem("language", language);
  translate();
});
for (const name of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(name, (event) => {
    event.preventDefault();
    $("drop").classList.toggle("over", name === "dragover");
    if (name === "drop" && event.dataTransfer.files.length) { open("check"); check(event.dataTransfer.files); }
  });
}
document.addEventListener("paste", (event) => { if (event.clipboardData.files.length) check(event.clipboardData.files); });
$("key-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  key = $("key").value;
  try {
    await ask("/v1/models");
    signIn(key);
    open("check");
  } catch (error) { show(error.message); }
});
$("sign-out").addEventListener("click", () => { signIn(null); open("check"); $("key").focus(); });

translate();
settings = await (await fetch("/page-settings.json")).json();
signIn(key);
document.body.dataset.ready = "true";
