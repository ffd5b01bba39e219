// Who prepares images decodes them too.
@_exported import ImageDecoding
