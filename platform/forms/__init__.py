"""Forms at run time: relevance, calculation, repeats, validation, and the schema that browsers get."""

from banshi.platform.forms.evaluation import evaluate_form, find_choices
from banshi.platform.forms.result import Evaluation, FieldError
from banshi.platform.forms.schema import form_schema
from banshi.platform.forms.state import Circumstances

__all__ = ["Circumstances", "Evaluation", "FieldError", "evaluate_form", "find_choices", "form_schema"]
