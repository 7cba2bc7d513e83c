// Times as the viewer's clock shows them, UTC beside them; and a question before what cannot be taken back.
"use strict";

const shape = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const local = new Intl.DateTimeFormat(undefined, shape);
const dated = new Intl.DateTimeFormat(undefined, { ...shape, year: "numeric" });

for (const time of document.querySelectorAll("time[datetime]")) {
  const at = new Date(time.dateTime);
  const utc = time.textContent;
  const near = Math.abs(at - Date.now()) < 180 * 86400e3;
  const minutes = at.toISOString().slice(11, 16);
  const same = at.getTimezoneOffset() === 0;
  time.textContent = (near ? local : dated).format(at);
  time.title = utc;
  const beside = document.createElement("small");
  beside.textContent = same ? "UTC" : `${minutes} UTC`;
  time.append(" ", beside);
}

for (const form of document.querySelectorAll("form[data-ask]")) {
  form.addEventListener("submit", (event) => {
    if (!window.confirm(form.dataset.ask)) event.preventDefault();
  });
}

const menu = document.querySelector(".side nav");
const current = document.querySelector(".side [aria-current]");
if (menu && current) menu.scrollLeft = current.offsetLeft - 16; // on a phone the menu is wider than the screen
