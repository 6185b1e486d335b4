from common.migrate import run_migrations
from maintenance.store import METADATA

run_migrations(METADATA)
