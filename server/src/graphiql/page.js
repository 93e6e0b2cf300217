// Starts GraphiQL on its own page. A file, so that the page needs no inline script.
(() => {
  const root = document.getElementById("graphiql");
  if (!window.React || !window.ReactDOM || !window.GraphiQL) {
    return; // The page says what this means.
  }
  const defaultQuery = `# Write a query here.
# Ctrl-Space completes, Ctrl-Enter runs.
# Top left: every field and type, described.

`;
  const address = new URL("/graphql", window.location.href);
  const shared = new URLSearchParams(window.location.search);
  const fetcher = window.GraphiQL.createFetcher({ url: address.href });
  const element = window.React.createElement(window.GraphiQL, {
    fetcher,
    defaultQuery,
    query: shared.get("query") ?? undefined,
    variables: shared.get("variables") ?? undefined,
    defaultEditorToolsVisibility: true,
  });
  window.ReactDOM.createRoot(root).render(element);
})();
