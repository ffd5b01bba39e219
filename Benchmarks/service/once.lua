-- wrk's requests: the files that a list names, one after the other.
local files, position = {}, 0

function init(arguments)
  for name in io.lines(arguments[1]) do files[#files + 1] = name end
end

function request()
  position = position % #files + 1
  local file = assert(io.open(files[position], "rb"))
  local body = file:read("*a")
  file:close()
  return wrk.format("POST", "/v1/images", { ["Content-Type"] = "application/octet-stream" }, body)
end
