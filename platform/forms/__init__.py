"""Forms at run time: relevance, calculation, repeats, validation, and the schema that browsers get."""

from banshi.platform.forms.evaluation import evaluate_form
from banshi.platform.forms.result import Evaluation, FieldError
from banshi.platform.forms.schema import form_schema

__all__ = ["Evaluation", "FieldError", "evaluate_form", "form_schema"]
