"""One example of each kind of event data, for the documents that are made of the contracts: the models themselves see to it that they fit."""

from datetime import UTC, datetime, timedelta

from common.contracts.catalog import (
    Cause,
    CustomDomain,
    DomainStatus,
    GroupEntry,
    Layout,
    PageSettings,
    Service,
    ServiceEntry,
    ServiceStatusState,
)
from common.contracts.events import Payload, Tombstone
from common.contracts.identity import AccessRevoked, ApiKey, Member, Organization, RoleName
from common.contracts.incidents import Incident, IncidentUpdate, ServiceIncident, UpdatedService
from common.contracts.maintenance import Maintenance, MaintenanceReminder, MaintenanceUpdate, ServiceMaintenance
from common.contracts.public_api import PageChanged
from common.contracts.values import IncidentImpact, IncidentStatus, MaintenanceStatus, ServiceStatus, Visibility

_CREATED = datetime(2026, 11, 2, 8, 30, tzinfo=UTC)
_OPENED = datetime(2026, 11, 22, 9, 41, 7, tzinfo=UTC)
_SERVICE = "0199e6b1-5a40-7c3e-9d55-0f4b1c7a2e10"
_GROUP = "0199e6b1-7d12-7b0a-8c1f-5e2d9a6b4c31"
_INCIDENT = "019aa9f4-3b08-7e61-a2c7-91d3f08b5e42"
_UPDATE = "019aa9f4-3b08-7e62-b0d4-2a7c6e19f853"
_ORGANIZATION = "019aa9f1-1c22-7a40-9b7d-5f1e2d3c4b5a"
_PERSON = "019aa9f1-1c22-7a40-9b7d-5f1e2d3c4b5b"
_KEY = "019aa9f1-1c22-7a40-9b7d-5f1e2d3c4b5c"
_CAUSE = Cause(id=_INCIDENT, title="Checkout fails", status=ServiceStatus.PARTIAL_OUTAGE, since=_OPENED)
_WINDOW = Maintenance(
    id="019aaa10-52c4-7f0e-8b61-c3d9e7a4f215",
    title="Database upgrade",
    description="Checkout may be slow.",
    status=MaintenanceStatus.SCHEDULED,
    visibility=Visibility.PUBLIC,
    scheduled_start=_OPENED + timedelta(days=2),
    scheduled_end=_OPENED + timedelta(days=2, hours=1),
    started_at=None,
    completed_at=None,
    cancelled_at=None,
    starts_by_itself=True,
    completes_by_itself=True,
    reminder_minutes=(60,),
    series_id=None,
    services=(ServiceMaintenance(service_id=_SERVICE, name="Checkout"),),
    updates=(
        MaintenanceUpdate(
            id="019aaa10-52c4-7f0e-8b61-c3d9e7a4f216",
            status=MaintenanceStatus.SCHEDULED,
            message="Orders placed meanwhile are kept.",
            created_at=_OPENED,
        ),
    ),
    created_at=_OPENED,
    updated_at=_OPENED,
    version=1,
)

EXAMPLES: dict[type[Payload], Payload] = {
    type(example): example
    for example in (
        PageSettings(
            organization_id="acme",
            slug="acme",
            name="Acme",
            description="Shoes, by post.",
            time_zone="Europe/Berlin",
            version=1,
            created_at=_CREATED,
            updated_at=_CREATED,
        ),
        CustomDomain(
            id="019aa9f1-1c22-7a40-9b7d-5f1e2d3c4b5d",
            name="status.acme.example",
            status=DomainStatus.PROVED,
            proved_at=_CREATED,
            failing_since=None,
            version=2,
            created_at=_CREATED,
            updated_at=_CREATED,
        ),
        Layout(
            entries=(GroupEntry(id=_GROUP, name="Shop", entries=(ServiceEntry(id=_SERVICE),)),),
            version=2,
            updated_at=_CREATED,
        ),
        Service(
            id=_SERVICE,
            name="Checkout",
            description="Paying for what is in the basket.",
            version=1,
            created_at=_CREATED,
            updated_at=_CREATED,
        ),
        ServiceStatusState(
            service_id=_SERVICE,
            status=ServiceStatus.PARTIAL_OUTAGE,
            previous=ServiceStatus.OPERATIONAL,
            base_status=ServiceStatus.OPERATIONAL,
            causes=(_CAUSE,),
            changed_at=_OPENED,
            version=2,
        ),
        Organization(
            id=_ORGANIZATION, name="Acme", proposed_slug="acme", created_at=_CREATED, updated_at=_CREATED, version=1
        ),
        Member(
            id=_PERSON,
            name="Ada",
            email="ada@acme.example",
            role=RoleName.ADMIN,
            joined_at=_CREATED,
            updated_at=_CREATED,
            version=1,
        ),
        ApiKey(
            id=_KEY,
            name="Deployments",
            role=RoleName.RESPONDER,
            key_hash="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            created_at=_CREATED,
            expires_at=None,
            version=1,
        ),
        AccessRevoked(subject=_PERSON, not_before=_OPENED),
        Incident(
            id=_INCIDENT,
            title="Checkout fails",
            description="",
            status=IncidentStatus.INVESTIGATING,
            impact=IncidentImpact.MAJOR,
            started_at=_OPENED,
            resolved_at=None,
            created_at=_OPENED,
            updated_at=_OPENED,
            version=1,
            services=(ServiceIncident(service_id=_SERVICE, status=ServiceStatus.PARTIAL_OUTAGE, name="Checkout"),),
            updates=(
                IncidentUpdate(
                    id=_UPDATE,
                    status=IncidentStatus.INVESTIGATING,
                    message="Cards are refused. We are looking into it.",
                    created_at=_OPENED,
                    services=(
                        UpdatedService(
                            service_id=_SERVICE,
                            old_status=ServiceStatus.OPERATIONAL,
                            new_status=ServiceStatus.PARTIAL_OUTAGE,
                            name="Checkout",
                        ),
                    ),
                ),
            ),
        ),
        _WINDOW,
        MaintenanceReminder(**_WINDOW.model_dump(), minutes_before=60),
        Tombstone(id=_INCIDENT, deleted_at=_OPENED + timedelta(hours=3)),
        PageChanged(
            page_version=18,
            previous_version=17,
            position="kqzhvbnwtrpa-4711",
            sections={"status": {"indicator": "partial_outage", "description": "Partial outage"}},
        ),
    )
}
