"""Catalog's aggregates: the page's settings and slug, the layout, services, and what status each service has. Pure."""
