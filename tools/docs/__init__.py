"""What can be derived from the declarations: OpenAPI, tables of routes, rights, keys and journal entries, a Postman collection."""
