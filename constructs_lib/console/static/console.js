"use strict";
// What htmx does not do by itself: what was opened or pressed before it was there, pause the live list, and say aloud
// that the console is gone.
(() => {
  const paused = () => {
    const box = document.getElementById("live-switch");
    return document.hidden || (box !== null && !box.checked);
  };
  const say = (text) => {
    document.getElementById("heard").textContent = text;
  };
  // A button of its forms pressed earlier would send the form to the page itself, with the body in the address.
  document.addEventListener("htmx:load", (event) => {
    for (const button of event.target.querySelectorAll("button[data-htmx]")) button.disabled = false;
    for (const opened of event.target.querySelectorAll("details[hx-get][open]")) htmx.trigger(opened, "toggle");
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt.id === "live" && paused()) event.preventDefault();
  });
  // A poll that fails leaves the list as it is, and goes on.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.elt.id === "live" && event.detail.xhr.status >= 400) event.detail.shouldSwap = false;
  });
  document.addEventListener("htmx:sendError", (event) => {
    const told = "The console does not answer: is the local cloud still running?";
    say(told);
    const live = document.getElementById("live");
    if (event.detail.elt.id === "live" && live !== null) live.textContent = told;
  });
})();
