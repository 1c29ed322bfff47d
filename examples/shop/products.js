// What the shop sells. Prices are in yen.
export const products = [
  { id: 'sencha', price: 1200, hue: 95, en: ['Sencha, first flush', 'Grassy and bright, from a hillside in Uji. 100 g.'], ja: ['煎茶 一番茶', '宇治の山の畑から。青々とした香り。100 g。'] },
  { id: 'hojicha', price: 900, hue: 28, en: ['Hojicha', 'Roasted over charcoal; warm, sweet, hardly any caffeine. 100 g.'], ja: ['ほうじ茶', '炭火で焙煎。やさしい甘さ、カフェイン控えめ。100 g。'] },
  { id: 'matcha', price: 2400, hue: 110, en: ['Matcha for every day', 'Stone-ground, smooth enough to drink straight. 40 g.'], ja: ['日々の抹茶', '石臼挽き。そのままでもなめらか。40 g。'] },
  { id: 'notebook', price: 1650, hue: 210, en: ['Dotted notebook', 'Opens flat, takes fountain pens, 192 pages. A5.'], ja: ['ドット方眼ノート', '平らに開き、万年筆もにじまない。192ページ、A5。'] },
  { id: 'ink', price: 2200, hue: 250, en: ['Night-rain ink', 'A blue that dries almost black. 50 ml.'], ja: ['インク「夜雨」', '乾くと黒に近づく深い青。50 ml。'] },
  { id: 'pen', price: 4800, hue: 12, en: ['Cedar fountain pen', 'Turned from Akita cedar, steel nib, fine.'], ja: ['杉の万年筆', '秋田杉の軸、鋼ペン先、細字。'] },
  { id: 'envelopes', price: 700, hue: 45, en: ['Washi envelopes', 'Ten envelopes with torn edges, made by hand.'], ja: ['和紙の封筒', '手漉き、耳つき。十枚入り。'] },
  { id: 'cup', price: 3200, hue: 170, en: ['Shigaraki cup', 'Rough outside, glazed inside, holds 180 ml.'], ja: ['信楽の湯のみ', '外は土の肌、内は釉薬。180 ml。'] },
];
