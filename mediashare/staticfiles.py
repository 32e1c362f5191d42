"""Static files under names that carry their content's hash, so browsers keep them for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleManifestStorage(CompressedManifestStaticFilesStorage):
    """Also rewrites `import "./other.js"` inside ES modules to the hashed names."""

    support_js_module_import_aggregation = True
