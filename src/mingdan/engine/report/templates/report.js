(function () {
  "use strict";
  var root = document.documentElement;
  function remembered(name) { try { return localStorage.getItem("mingdan-" + name); } catch (e) { return null; } }
  function remember(name, value) { try { localStorage.setItem("mingdan-" + name, value); } catch (e) { /* private window */ } }
  function choose(name, value) {
    root.setAttribute("data-" + name, value);
    if (name === "language") { root.lang = value === "zh" ? "zh-Hans" : "en"; }
    var input = document.getElementById(name + "-" + value);
    if (input) { input.checked = true; }
  }
  var languages = navigator.languages && navigator.languages.length ? navigator.languages : [navigator.language || "en"];
  var browser = /^zh/i.test(languages[0]) ? "zh" : "en";
  choose("language", remembered("language") === "zh" || remembered("language") === "en" ? remembered("language") : browser);
  choose("theme", remembered("theme") === "dark" || remembered("theme") === "light" ? remembered("theme") : "auto");
  document.addEventListener("change", function (event) {
    var name = event.target.name;
    if (name === "language" || name === "theme") { choose(name, event.target.value); remember(name, event.target.value); }
  });

  var heads = Array.prototype.slice.call(document.querySelectorAll(".alert h3"));
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !heads.length) { return; }
    var step = event.key === "j" ? 1 : event.key === "k" ? -1 : 0;
    if (!step) { return; }
    var at = heads.indexOf(document.activeElement);
    var next = heads[at < 0 && step < 0 ? heads.length - 1 : Math.min(heads.length - 1, Math.max(0, at + step))];
    next.focus({ preventScroll: true });
    next.closest(".alert").scrollIntoView({ block: "start" });
  });

  var opened = [];
  window.addEventListener("beforeprint", function () {
    opened = Array.prototype.filter.call(document.querySelectorAll("details[data-print]"), function (one) { return !one.open; });
    opened.forEach(function (one) { one.open = true; });
  });
  window.addEventListener("afterprint", function () { opened.forEach(function (one) { one.open = false; }); });
}());
