"""The template tag that draws an icon of the sprite. A built-in of every template."""

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """A decorative icon: beside it there must be words, seen or for screen readers only."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>',
        static("icons/sprite.svg"),
        name,
    )
