"""The conventions of the API as the settings of its frameworks; see docs/api.md."""

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "hub.rest.authentication.KeyAuthentication",
        "hub.rest.authentication.SignedInAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["hub.rest.permissions.CapabilityRequired"],
    "DEFAULT_RENDERER_CLASSES": ["hub.rest.rendering.FastJsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["hub.rest.rendering.StrictJsonParser"],
    "DEFAULT_SCHEMA_CLASS": "hub.rest.schema.HubSchema",
    "DEFAULT_THROTTLE_CLASSES": ["hub.rest.throttling.PrincipalThrottle"],
    "EXCEPTION_HANDLER": "hub.rest.problems.handle",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "URL_FORMAT_OVERRIDE": None,
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Hub API",
    "DESCRIPTION": "Customers, appointments and invoices of one business.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "COMPONENT_SPLIT_PATCH": False,
    "ENFORCE_NON_BLANK_FIELDS": True,
    "POSTPROCESSING_HOOKS": [],
    "GET_LIB_DOC_EXCLUDES": "hub.rest.schema.documented_bases",
    "SERVERS": [{"url": "/"}],
}
