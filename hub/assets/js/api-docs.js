// The page of the API description: Swagger UI over the hub's own OpenAPI document.
(() => {
  "use strict";

  const place = document.querySelector("#api-docs");
  const token = document.querySelector("meta[name=csrf-token]").content;

  function withCsrfToken(request) {
    if (!request.headers.Authorization) request.headers["X-CSRFToken"] = token;
    return request;
  }

  window.SwaggerUIBundle({
    url: place.dataset.schemaUrl,
    domNode: place,
    deepLinking: true,
    requestInterceptor: withCsrfToken,
    validatorUrl: null,
  });
})();
