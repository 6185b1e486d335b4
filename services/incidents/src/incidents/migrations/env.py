from common.migrate import run_migrations
from incidents.store import METADATA

run_migrations(METADATA)
