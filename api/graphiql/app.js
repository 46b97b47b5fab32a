// The page around GraphiQL: who asks, and how answers and events come back.
"use strict";

(() => {
  const settings = JSON.parse(document.getElementById("settings").textContent);
  const select = document.getElementById("persona");
  const REMEMBERED = "hearten:persona";

  settings.personas.forEach((persona, index) => {
    select.add(new Option(`${persona.name} — ${persona.role}`, String(index)));
  });
  select.add(new Option("Nobody (signed out)", ""));
  if (settings.personas.length > 0) {
    document.getElementById("bar").hidden = false;
    const remembered = sessionStorage.getItem(REMEMBERED);
    if (remembered !== null && [...select.options].some((option) => option.value === remembered)) {
      select.value = remembered;
    }
    select.addEventListener("change", () => sessionStorage.setItem(REMEMBERED, select.value));
  }

  function headers(accept, own) {
    const persona = settings.personas[select.value === "" ? -1 : Number(select.value)];
    const all = new Headers({ accept, "content-type": "application/json" });
    if (persona) all.set("authorization", `Bearer ${persona.token}`);
    for (const [name, value] of Object.entries(own ?? {})) all.set(name, value);
    return all;
  }

  function ask(params, accept, own, signal) {
    return fetch(settings.endpoint, {
      method: "POST",
      headers: headers(accept, own),
      body: JSON.stringify(params),
      credentials: "omit",
      signal,
    });
  }

  // GraphQL over SSE: `next` events carry answers, `complete` ends the stream.
  async function* events(params, own) {
    const controller = new AbortController();
    try {
      const response = await ask(params, "text/event-stream", own, controller.signal);
      if (!(response.headers.get("content-type") ?? "").startsWith("text/event-stream")) {
        yield await response.json();
        return;
      }
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let text = "";
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return;
        text += value;
        const blocks = text.split("\n\n");
        text = blocks.pop();
        for (const block of blocks) {
          const lines = block.split("\n");
          if (lines.includes("event: complete")) return;
          const data = lines.filter((line) => line.startsWith("data: ")).map((line) => line.slice(6)).join("\n");
          if (data) yield JSON.parse(data);
        }
      }
    } finally {
      controller.abort();
    }
  }

  function isSubscription(params, document) {
    const operations = (document?.definitions ?? []).filter((node) => node.kind === "OperationDefinition");
    const chosen = operations.find((node) => node.name?.value === params.operationName) ?? operations[0];
    return chosen?.operation === "subscription";
  }

  const fetcher = (params, options) =>
    isSubscription(params, options?.documentAST)
      ? events(params, options?.headers)
      : ask(params, "application/graphql-response+json, application/json", options?.headers).then((r) => r.json());

  const root = ReactDOM.createRoot(document.getElementById("graphiql"));
  root.render(React.createElement(GraphiQL, { fetcher, defaultQuery: settings.query, shouldPersistHeaders: false }));
})();
