-- wrk's requests: the files that a list names, one after the other; as the body, or in the form that the original's page sends.
local files, position, isForm = {}, 0, false

function init(arguments)
  for name in io.lines(arguments[1]) do files[#files + 1] = name end
  isForm = arguments[2] == "form"
end

local function part(header, body)
  return "--once\r\nContent-Disposition: form-data; " .. header .. "\r\n\r\n" .. body .. "\r\n"
end

function request()
  position = position % #files + 1
  local file = assert(io.open(files[position], "rb"))
  local body = file:read("*a")
  file:close()
  if not isForm then
    return wrk.format("POST", "/v1/images", { ["Content-Type"] = "application/octet-stream" }, body)
  end
  body = part('name="email"', "a@b.c") .. part('name="file"; filename="image"', body) .. "--once--\r\n"
  return wrk.format("POST", "/predict", { ["Content-Type"] = "multipart/form-data; boundary=once" }, body)
end
