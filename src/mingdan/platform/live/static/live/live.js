/* Renews the parts of a page that say `data-live` (kinds of events) when one happens, about `data-about` if they say so. */
(() => {
  const parts = () => [...document.querySelectorAll("[data-live][id]")];
  const kinds = new Set(parts().flatMap((part) => part.dataset.live.split(" ")));
  if (!kinds.size) return;
  let waiting = false;
  const renew = async () => {
    waiting = false;
    const answer = await fetch(location.href);
    if (!answer.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of parts()) {
      const other = fresh.getElementById(part.id);
      if (other && !part.contains(document.activeElement)) part.replaceWith(document.adoptNode(other));
    }
  };
  const soon = () => {
    if (waiting) return;
    waiting = true;
    setTimeout(renew, 300);
  };
  const families = new Set([...kinds].map((kind) => kind.split(".")[0]));
  const stream = new EventSource(`/events?parts=${[...families].join(",")}`);
  for (const kind of kinds) {
    stream.addEventListener(kind, (event) => {
      const { about } = JSON.parse(event.data);
      if (parts().some((part) => part.dataset.live.split(" ").includes(kind) && [undefined, about].includes(part.dataset.about))) soon();
    });
  }
  stream.addEventListener("reset", soon);
})();
