"""The objects of the schema: each field is an attribute, or a method that takes the field's arguments."""
