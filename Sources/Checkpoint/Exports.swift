// The names in this module's interface that belong to the layers under it.
@_exported import struct JSONText.JSONError
@_exported import struct JSONText.JSONObject
@_exported import struct JSONText.JSONParsingOptions
@_exported import enum JSONText.JSONValue
@_exported import struct Platform.DigestError
@_exported import struct Platform.FileError
@_exported import enum Platform.FileStandIn
