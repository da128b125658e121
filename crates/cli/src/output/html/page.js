"use strict";
// Hides the cards that lack a word of the search, in their name, text, labels and tasks.
(() => {
  const find = document.getElementById("find");
  const found = document.getElementById("found");
  const columns = [...document.querySelectorAll(".column")].map((column) => ({
    count: column.querySelector(".count"),
    cards: [...column.querySelectorAll(".card")].map((card) => ({
      card,
      text: card.textContent.toLocaleLowerCase(),
    })),
  }));

  const search = () => {
    const words = find.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    let all = 0;
    for (const { count, cards } of columns) {
      let here = 0;
      for (const { card, text } of cards) {
        card.hidden = !words.every((word) => text.includes(word));
        here += card.hidden ? 0 : 1;
      }
      count.textContent = here < cards.length ? `${here}/${cards.length}` : `${here}`;
      shown += here;
      all += cards.length;
    }
    const cards = all === 1 ? "1 card" : `${all} cards`;
    found.value = words.length > 0 ? `${shown} of ${cards}` : cards;
  };

  find.addEventListener("input", search);
  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof HTMLInputElement;
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      find.focus();
    } else if (event.key === "Escape" && event.target === find) {
      find.value = "";
      search();
    }
  });
  // A reload may bring the old words back.
  search();
  document.getElementById("finder").hidden = false;
})();
