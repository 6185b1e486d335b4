"""Routes of maintenance."""

from fastapi import APIRouter

PREFIX = "/api/maintenance/v1"

router = APIRouter(prefix=PREFIX, tags=["maintenance"])
