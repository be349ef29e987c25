"""The declarative base of the course tables; types and convention come from media.db."""

from __future__ import annotations

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from media.db import NAMING_CONVENTION, TYPE_MAP, Identified, UtcDateTime, Versioned, text_enum

__all__ = ["Base", "Identified", "UtcDateTime", "Versioned", "text_enum"]


class Base(DeclarativeBase):
    """Tables of the course domain. Foreign keys to media are written as Python references."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map = TYPE_MAP
