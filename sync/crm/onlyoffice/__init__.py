"""The ONLYOFFICE CRM adapter (opportunities of a Workspace portal); it must not know the other CRM."""
