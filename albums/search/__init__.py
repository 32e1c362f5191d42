"""Finding items by what they say: place, camera, lens, keywords, description and name.

| module | what it knows |
| --- | --- |
| `words` | how text becomes words, and words become a question |
| `models` | the words of each item, as the database looks them up |
| `noting` | keeps them in step with items |

Only owners search, and only what is theirs. Nothing here shows anything: `albums.queries` does.
"""
