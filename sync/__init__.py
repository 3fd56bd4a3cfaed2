"""opsync: keeps SuperOffice sales and ONLYOFFICE opportunities equal, in both directions."""

__version__ = "0.1.0"
