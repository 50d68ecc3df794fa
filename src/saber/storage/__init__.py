"""Where do the files that stages make lie, and are they whole?"""

from saber.storage.cues import cues_file, read_cues, write_cues
from saber.storage.files import inside, name_of, write_whole

__all__ = ["cues_file", "inside", "name_of", "read_cues", "write_cues", "write_whole"]
