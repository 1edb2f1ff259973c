// A file on its way to the server, and files that are dropped on a page.

function size(bytes) {
  const units = ["kB", "MB", "GB"];
  let value = bytes / 1000;
  while (value >= 1000 && units.length > 1) {
    value /= 1000;
    units.shift();
  }
  return `${value.toFixed(1)} ${units[0]}`;
}

/** What a reply says; nothing where it is none of the server's own. */
function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/**
 * Send a file, unless it has more than so many bytes; the reply, or an error that says what to do. `heard` is told which
 * part of it is sent: all of it (1) means that the server looks at it.
 */
export function sent(file, mostBytes, heard) {
  if (file.size > mostBytes) return Promise.reject(new Error(`${file.name} is larger than ${size(mostBytes)}, the most that is taken here.`));
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/cache/upload?${new URLSearchParams({ name: file.name })}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => event.lengthComputable && heard(event.loaded / event.total));
    request.upload.addEventListener("load", () => heard(1));
    request.addEventListener("error", () => reject(new Error("The server does not answer; try again.")));
    request.addEventListener("load", () => {
      const reply = read(request.responseText);
      if (request.status === 201) resolve(reply);
      else reject(new Error(reply.detail ?? `The server answered ${request.status}; try again.`));
    });
    heard(0);
    request.send(file);
  });
}

/** Show on a bar which part of a file is sent; when all is, there is no telling how long it takes. */
export function show(bar, part) {
  if (part < 1) bar.value = part;
  else bar.removeAttribute("value");
}

/** Take files that are dropped: `aim` says what they would go to, `light` shows it, and none of it again. */
export function takeDrops(aim, light, take) {
  const aimOf = (event) => (event.dataTransfer?.types.includes("Files") ? aim(event.target) : null);
  document.addEventListener("dragover", (event) => {
    const place = aimOf(event);
    if (!place) return;
    event.preventDefault();
    light(place);
  });
  document.addEventListener("dragleave", (event) => event.relatedTarget ?? light(null));
  document.addEventListener("drop", (event) => {
    const place = aimOf(event);
    if (!place) return;
    event.preventDefault();
    light(null);
    take(place, event.dataTransfer.files);
  });
}
