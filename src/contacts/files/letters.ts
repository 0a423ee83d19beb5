/** Letters beyond ASCII of a language, the most frequent first. */
export const LETTERS = {
  German: 'üäößé',
  French: 'éèàêçôîëùâûïœÿ',
  Spanish: 'óíñáéúü',
  Portuguese: 'ãçáéíóêõúâôà',
  Italian: 'àèòùìé',
  Dutch: 'ëéïèöü',
  Swedish: 'äöåé',
  Danish: 'øåæéö',
  Icelandic: 'íáðóéöþúýæ',
  Catalan: 'éàòèóíçúïü',
  Polish: 'łóąężśćńź',
  Czech: 'íáéřčžšěýůúťňďó',
  Slovak: 'áíčéžšýúľťňôäďóĺŕ',
  Hungarian: 'áéöóőüíúű',
  Romanian: 'ăâîșțşţ',
  Croatian: 'čšžćđ',
  Turkish: 'ışüçğöİâ',
  Lithuanian: 'ėšžūįąųęč',
  Latvian: 'āīšēūņžļķģč',
  Estonian: 'äõüöšž',
  Russian: 'оаеинтсрвлкмдпуяыьгзбчйхжшюцщэфъё',
  Ukrainian: 'оанивтерсікулмдпязьбгйчхжцшюєїщфґ',
  Bulgarian: 'аиоетнрсвлкдпмзяъубгчщйхжцшюьф',
  Serbian: 'аиоенртсјувкмдплзбгчшћцхжњљђфџ',
  Greek: 'αοιςητνεσυρπκμλωάόίγέήδχύθφώβξζψϊϋΐΰ',
  Hebrew: 'יהולאתרבמשנדםכקפעחצטגזןסךףץ',
  Arabic: 'اليمنرتبوهدسعفحكقأجشخصىةطضزغذثءآظئؤإ',
  Thai: 'านรอกเงมยลวดทสตะปบคหแจพชขใไโผซธณศฉภถฐญ่้ีัิืูุ์ึ็ำ',
} as const;
export type Language = keyof typeof LETTERS;

const WEST = ['German', 'French', 'Spanish', 'Portuguese', 'Italian', 'Dutch', 'Swedish', 'Danish', 'Catalan'] as const;
const CENTRE = ['Polish', 'Czech', 'Slovak', 'Hungarian', 'Romanian', 'Croatian'] as const;
const CYRILLIC = ['Russian', 'Ukrainian', 'Bulgarian', 'Serbian'] as const;

/** Encodings of one byte a letter and what they were made for; the likeliest first. */
export const SINGLE_BYTE: [encoding: string, languages: readonly Language[]][] = [
  ['windows-1252', [...WEST, 'Icelandic', 'Estonian']],
  ['windows-1250', [...CENTRE, 'German']],
  ['windows-1251', CYRILLIC],
  ['windows-1254', ['Turkish']],
  ['windows-1257', ['Lithuanian', 'Latvian', 'Estonian']],
  ['windows-1253', ['Greek']],
  ['windows-1255', ['Hebrew']],
  ['windows-1256', ['Arabic']],
  ['windows-874', ['Thai']],
  ['iso-8859-15', WEST],
  ['iso-8859-2', CENTRE],
  ['iso-8859-5', CYRILLIC],
  ['iso-8859-7', ['Greek']],
  ['iso-8859-13', ['Lithuanian', 'Latvian']],
  ['koi8-u', ['Russian', 'Ukrainian']],
  ['macintosh', [...WEST, 'Icelandic']],
  ['maccenteuro', CENTRE],
  ['maccyrillic', CYRILLIC],
  ['macturkish', ['Turkish']],
  ['macgreek', ['Greek']],
  ['cp850', WEST],
  ['cp437', ['German', 'French', 'Spanish', 'Italian', 'Swedish']],
  ['cp852', [...CENTRE, 'German']],
  ['cp857', ['Turkish']],
  ['cp866', CYRILLIC],
];

/** Encodings of two bytes a sign. Common signs are those of names and cities; those of the first level are in use. */
export const DOUBLE_BYTE: { encoding: string; common: string; firstLevel: [lead: number, lastLead: number] }[] = [
  {
    encoding: 'gb18030',
    common:
      '王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦方白邹孟熊秦江尹薛雷侯龙史陶黎贺顾毛郝龚邵万钱严武戴莫孔汤伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文建国华红玉春梅海东北京上广州深圳天津重庆成都南汉西安杭大连青岛市省区路的一是不了在人有我他这',
    firstLevel: [0xb0, 0xd7],
  },
  {
    encoding: 'big5',
    common:
      '陳林黃張李王吳劉蔡楊許鄭謝洪郭邱曾廖賴徐周葉蘇莊呂江何蕭羅高潘簡朱鍾游彭詹胡施沈余盧梁趙顏柯翁魏孫戴范方宋鄧杜傅侯曹薛丁卓馬董溫唐藍石蔣古紀姚連馮歐程湯黎志明俊傑淑芬美玲雅婷怡君家豪建宏惠佩雯慧台臺北中雄新竹南港九龍灣市區路國華文德',
    firstLevel: [0xa4, 0xc6],
  },
  {
    encoding: 'shift_jis',
    common:
      'のんいおさゆりかなみきまさこたちしとけあえすそくはひふるれろンスルリトアイマリクーラ山田佐藤鈴木高橋中村小林加吉本井上松大野島川原石清水斎池前岡長谷後近坂遠青西福太三和金子一郎美花由紀恵真智健翔陽愛東京阪都府県市区横浜名古屋神戸札幌仙台千葉埼玉広',
    firstLevel: [0x88, 0x97],
  },
  {
    encoding: 'euc-jp',
    common:
      'のんいおさゆりかなみきまさこたちしとけあえすそくはひふるれろンスルリトアイマリクーラ山田佐藤鈴木高橋中村小林加吉本井上松大野島川原石清水斎池前岡長谷後近坂遠青西福太三和金子一郎美花由紀恵真智健翔陽愛東京阪都府県市区横浜名古屋神戸札幌仙台千葉埼玉広',
    firstLevel: [0xb0, 0xcf],
  },
  {
    encoding: 'euc-kr',
    common:
      '김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민재영현준지수연은경미진호승원희아나다라울부산대인천광기도시동',
    firstLevel: [0xb0, 0xc8],
  },
];
