// The page works without this. It adds files that are dropped onto the page, progress, and an early word about files that
// are too large or too many.
"use strict";

function wire() {
  const main = document.querySelector("main");
  const form = document.querySelector("form");
  if (!form) return;
  const input = form.querySelector("#file");
  const told = form.querySelector("#told");
  const button = form.querySelector("button");

  main.addEventListener("dragover", (event) => {
    event.preventDefault();
    main.classList.add("drop");
  });
  main.addEventListener("dragleave", (event) => {
    if (!main.contains(event.relatedTarget)) main.classList.remove("drop");
  });
  main.addEventListener("drop", (event) => {
    event.preventDefault();
    main.classList.remove("drop");
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    check();
  });
  input.addEventListener("change", check);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (check()) send(form, told, button);
  });

  // Whether the chosen files may come, as far as the page knows.
  function check() {
    const files = [...input.files];
    const most = Number(input.dataset.files);
    const large = files.find((file) => file.size > Number(input.dataset.bytes));
    let fault = "";
    if (files.length > most) fault = most === 1 ? "Please choose one file." : `Please choose at most ${most} files.`;
    else if (large) fault = `${large.name} is larger than ${input.dataset.size}.`;
    input.setCustomValidity(fault);
    told.textContent = fault || (files.length > 1 ? `${files.length} files are chosen.` : files.length ? files[0].name : "");
    return !fault;
  }
}

function send(form, told, button) {
  const request = new XMLHttpRequest();
  const bar = document.createElement("progress");
  const stop = document.createElement("button");
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", "Sent");
  stop.type = "button";
  stop.className = "plain";
  stop.textContent = "Stop";
  stop.addEventListener("click", () => request.abort());
  button.disabled = true;
  button.after(" ", stop);
  told.before(bar);
  told.textContent = "Sending";

  let last = 0;
  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    bar.value = event.loaded / event.total;
    const percent = Math.floor(bar.value * 100);
    // Readers are told in steps, not at every step.
    if (percent >= last + 10) {
      last = percent - (percent % 10);
      told.textContent = last < 100 ? `${last} % are sent` : "Everything is sent, waiting for the answer";
    }
  });
  request.addEventListener("load", () => replace(request.responseText));
  request.addEventListener("abort", () => end("You stopped it. Files that were not sent to their end did not come in."));
  request.addEventListener("error", () => end("The connection broke. Please try again."));
  // Its own address, without what browsers keep behind a hash.
  request.open("POST", location.pathname);
  request.send(new FormData(form));

  function end(words) {
    bar.remove();
    stop.remove();
    button.disabled = false;
    told.textContent = words;
  }
}

// Shows the page that came as the answer.
function replace(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const main = page.querySelector("main");
  if (!main) {
    location.reload();
    return;
  }
  const chosen = document.querySelector("#file").files;
  document.title = page.title;
  document.querySelector("main").replaceWith(document.adoptNode(main));
  // Only the password was wrong: the files are still those to send.
  if (document.querySelector("#wrong")) document.querySelector("#file").files = chosen;
  wire();
  const place = document.querySelector("#results") || document.querySelector("#password");
  if (place) place.focus();
}

wire();
