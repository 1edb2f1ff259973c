"""The form that runs are ordered with: made from what an effect or a config asks for, and read back into an order."""

from artcelery.server.pages.ordering.entered import Entered
from artcelery.server.pages.ordering.form import OrderForm, order_form
from artcelery.server.pages.ordering.recipes import Recipe, find_recipe, recipe_of

__all__ = ["Entered", "OrderForm", "Recipe", "find_recipe", "order_form", "recipe_of"]
