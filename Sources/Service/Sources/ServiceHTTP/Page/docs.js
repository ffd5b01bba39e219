// The operations of openapi.json, for people.
function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

const description = await (await fetch("/openapi.json")).json();
const named = (value) => value.$ref ? value.$ref.split("/").slice(1).reduce((node, part) => node[part], description) : value;
const type = (schema = {}) => schema.enum ? schema.enum.join(", ") : [schema.type ?? "any"].flat().join(" or ");

// Statuses that have the same answer, in one line.
function problems(responses) {
  const shared = Object.entries(responses).filter(([, answer]) => answer.$ref);
  return shared.length ? [element("li", {}, element("code", {}, shared.map(([status]) => status).join(", ")), ` ${named(shared[0][1]).description}`)] : [];
}

for (const [path, members] of Object.entries(description.paths)) {
  for (const [method, operation] of Object.entries(members)) {
    if (method === "parameters") continue;
    const parameters = [...(members.parameters ?? []), ...(operation.parameters ?? [])];
    const bodies = Object.keys(operation.requestBody?.content ?? {});
    document.getElementById("operations").append(element("section", { id: operation.operationId },
      element("h2", {}, element("code", {}, `${method.toUpperCase()} ${path}`)),
      element("p", {}, operation.summary),
      element("ul", {},
        ...parameters.map((item) => element("li", {}, element("code", {}, item.name), ` (${item.in}, ${type(item.schema)}) ${item.description ?? ""}`)),
        ...(bodies.length ? [element("li", {}, `body: ${bodies.join(", ")}`)] : []),
        ...Object.entries(operation.responses).filter(([, answer]) => !answer.$ref)
          .map(([status, answer]) => element("li", {}, element("code", {}, status), ` ${answer.description}`)),
        ...problems(operation.responses))));
  }
}
document.body.dataset.ready = "true";
