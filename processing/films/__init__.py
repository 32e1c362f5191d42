"""Films of albums: photos with a slow camera, clips, cross-fades, a title and music."""
