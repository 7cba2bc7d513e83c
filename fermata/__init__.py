"""The rules and the data of Fermata: no Temporal and no web framework are imported anywhere below this package."""
