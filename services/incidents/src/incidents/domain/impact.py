"""How bad an incident is: its impact and the statuses that it puts on services, each from the other where only one is given. Pure.

An impact without statuses sets the services' statuses, statuses without an impact set the impact, both stand as given.
"""

from collections.abc import Mapping
from uuid import UUID

from common.contracts.rules import RuleError
from common.contracts.values import IncidentImpact, ServiceStatus, worst
from incidents.domain import SERVICES_MAX


def weigh(
    impact: IncidentImpact | None, services: Mapping[UUID, ServiceStatus | None], present: IncidentImpact
) -> tuple[IncidentImpact, dict[UUID, ServiceStatus]]:
    """Impact and statuses where some are given: what is missing follows what is there, `present` when nothing is."""
    if len(services) > SERVICES_MAX:
        raise RuleError("too-many-services", "body.services", f"An incident names at most {SERVICES_MAX} services.")
    given = [status for status in services.values() if status is not None]
    if impact is None:
        impact = IncidentImpact.of(worst(given)) if given else present
    return impact, {id: status or impact.service_status for id, status in services.items()}
