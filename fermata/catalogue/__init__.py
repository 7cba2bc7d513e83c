"""The catalogue of products: what shops sell, and what an event that names a product gets from it."""

from fermata.catalogue.bundles import Bundle, bundle, shown
from fermata.catalogue.enrichment import enriched, product_names
from fermata.catalogue.product import InvalidProduct, Product, read_product
from fermata.catalogue.shelf import Catalogue, ProductNames, look_up, put

__all__ = [
    "Bundle",
    "Catalogue",
    "InvalidProduct",
    "Product",
    "ProductNames",
    "bundle",
    "enriched",
    "look_up",
    "product_names",
    "put",
    "read_product",
    "shown",
]
