// The shop's texts.
export const words = {
  en: {
    heroTitle: 'Paper, ink and tea', heroText: 'Small things for quiet mornings, from makers we know by name.', heroAction: 'See the shop',
    favourites: 'Favourites', catalog: 'The shop', searchTitle: 'Search', searchHint: 'Search', go: 'Go', cart: 'Basket', checkout: 'Checkout',
    address: 'Where to', name: 'Name', email: 'E-mail address', street: 'Street', city: 'City', payment: 'Payment',
    paymentHint: 'A demo: nothing is sent anywhere. Use 4111 1111 1111 1111.', card: 'Card number', expiry: 'Expires', cvc: 'Security code',
    order: 'Place the order', thanksTitle: 'Thank you', thanksText: 'Your parcel leaves tomorrow. Not really: this is a demo.',
    account: 'Your account', password: 'Password', reveal: 'Show password', signIn: 'Sign in', welcome: 'Welcome back. (A demo: nobody checked.)',
    frames: 'Frames', framesText: 'A frame of this site, with another frame inside it.', canvas: 'Draw a label', canvasText: 'Draw with mouse, pen or finger.',
    clear: 'Clear', guide: 'Brewing guide', hostile: 'A hostile page', navShop: 'Shop', navGuide: 'Guide', navAccount: 'Account', navCart: 'Basket',
    add: 'Put into the basket', added: 'It is in your basket.', remove: 'Remove', total: 'Total', empty: 'Your basket is empty.', toCheckout: 'To checkout',
    found: 'Found for', nothing: 'Nothing was found for', unknown: 'There is no such product.', rate: 'Rate it', stars: 'stars',
    missing: 'Please fill in every field.', badCard: 'This is not a card number.', front: 'Paper, ink and tea', product: 'Product', help: 'Help', enterCode: 'Enter a code', showCode: 'Show a code',
    signOut: 'Sign out', isItYou: 'Is it you?', itIsMe: 'Yes, it is me', notNow: 'Not now',
  },
  ja: {
    heroTitle: '紙とインクとお茶', heroText: '静かな朝のための小さなものを、顔の見える作り手から。', heroAction: '商品を見る',
    favourites: '人気の品', catalog: '商品一覧', searchTitle: '検索', searchHint: '検索', go: '検索', cart: '買い物かご', checkout: 'ご注文手続き',
    address: 'お届け先', name: 'お名前', email: 'メールアドレス', street: '番地', city: '市区町村', payment: 'お支払い',
    paymentHint: 'デモです。どこにも送信されません。4111 1111 1111 1111 をお使いください。', card: 'カード番号', expiry: '有効期限', cvc: 'セキュリティコード',
    order: '注文する', thanksTitle: 'ありがとうございます', thanksText: '明日発送いたします。と言いたいところですが、これはデモです。',
    account: 'アカウント', password: 'パスワード', reveal: 'パスワードを表示', signIn: 'ログイン', welcome: 'おかえりなさい。(デモのため確認していません。)',
    frames: 'フレーム', framesText: 'このサイトのフレームと、その中のフレームです。', canvas: 'ラベルを描く', canvasText: 'マウス、ペン、指で描けます。',
    clear: '消す', guide: '淹れ方の手引き', hostile: '意地悪なページ', navShop: '商品', navGuide: '手引き', navAccount: 'アカウント', navCart: 'かご',
    add: 'かごに入れる', added: 'かごに入れました。', remove: '取り除く', total: '合計', empty: 'かごは空です。', toCheckout: '手続きへ進む',
    found: '検索結果:', nothing: '見つかりませんでした:', unknown: 'その商品はありません。', rate: '評価する', stars: '点',
    missing: 'すべての項目をご記入ください。', badCard: 'カード番号が正しくありません。', front: '紙とインクとお茶', product: '商品', help: 'ヘルプ', enterCode: 'コードを入力', showCode: 'コードを表示',
    signOut: 'ログアウト', isItYou: 'ご本人ですか？', itIsMe: 'はい、本人です', notNow: '今はしない',
  },
};

export const guide = {
  en: {
    '': ['Water first', 'Good tea begins with soft water. Let it boil, then let it rest.'],
    sencha: ['Sencha', '70 °C, one minute, 4 g for 200 ml. Pour to the last drop.'],
    hojicha: ['Hojicha', 'Boiling water, thirty seconds. It forgives everything.'],
    matcha: ['Matcha', '2 g, 70 ml of water at 75 °C, and a wrist that does not hurry.'],
  },
  ja: {
    '': ['まずは水', 'おいしいお茶は軟水から。沸かして、少し休ませます。'],
    sencha: ['煎茶', '70度で一分。200 mlに茶葉4 g。最後の一滴まで注ぎます。'],
    hojicha: ['ほうじ茶', '熱湯で三十秒。失敗しないお茶です。'],
    matcha: ['抹茶', '2 gに75度の湯を70 ml。手首は急がずに。'],
  },
};
