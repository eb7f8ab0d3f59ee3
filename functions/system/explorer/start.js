// Opens the API's own document. A token pasted under "Authorize" stays in this page alone.
window.ui = SwaggerUIBundle({
  url: "/api/openapi.json",
  dom_id: "#explorer",
  deepLinking: true,
  docExpansion: "none",
  filter: true,
  tagsSorter: "alpha",
  operationsSorter: "alpha",
  displayRequestDuration: true,
  tryItOutEnabled: true,
  persistAuthorization: false,
  validatorUrl: null, // The page asks nobody but this host.
  presets: [SwaggerUIBundle.presets.apis],
});
