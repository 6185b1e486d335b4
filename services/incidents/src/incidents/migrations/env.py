from common.migrate import run_migrations
from incidents.store import METADATA, incident, template

# The modules put their tables into METADATA.
assert incident.incident.metadata is template.template.metadata is METADATA

run_migrations(METADATA)
